import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Export } from '../../shared/api/exports.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import type { PackScope } from '../../shared/pack.ts';
import { instant } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { findExport, listExports, unfinishedExports, writeExport } from '../store/exports.ts';
import { subjectsNamed } from '../store/pack-scope.ts';
import type { By } from '../store/proposals.ts';
import type { Store } from '../store/store.ts';
import { collectorKeys } from './collector-keys.ts';
import { noteExport, packName } from './make-pack.ts';
import { type PackThread, packThread } from './pack-thread.ts';
import { fingerprintOf } from './signatures.ts';
import type { Turns } from './turns.ts';

/** Makes the packs that people ask for in the console, one at a time, beside everything else. */
export interface ExportDesk extends AsyncDisposable {
  /** Throws RANGE_EMPTY, NOT_FOUND for a name that nobody has, PACKS_BUSY. */
  ask(scope: PackScope, by: By): Promise<Export>;
  list(): Promise<readonly Export[]>;
  /** Where a pack that is done lies. Throws NOT_FOUND. */
  fileOf(id: string): Promise<{ readonly path: string; readonly name: string; readonly bytes: number }>;
  fingerprint(): string;
}

export interface ExportDeskOptions {
  readonly store: Store;
  readonly dataDir: string;
  readonly configured: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  readonly log: Log;
  readonly turns: Turns;
}

interface Running {
  readonly id: string;
  progress: Export['progress'];
  ended: Promise<void>;
  thread?: PackThread;
}

export async function openExportDesk({
  store,
  dataDir,
  configured,
  clock,
  log,
  turns,
}: ExportDeskOptions): Promise<ExportDesk> {
  const { db } = store;
  const folder = join(dataDir, 'exports');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await cleanUp();
  let running: Running | undefined;

  async function cleanUp(): Promise<void> {
    for (const name of readdirSync(folder)) if (name.endsWith('.part')) rmSync(join(folder, name));
    for (const one of await unfinishedExports(db)) await writeExport(db, failed(one, 'PACK_INTERRUPTED'));
  }

  const failed = (one: Export, failure: string): Export => ({
    ...one,
    status: 'failed',
    finishedAt: instant(clock()),
    failure,
  });

  async function run(
    one: Export,
    { by, state }: { readonly by: By; readonly state: Running },
  ): Promise<void> {
    const name = packName(one.scope, `${by.at}${one.id.slice(2)}`);
    const path = join(folder, name);
    const request = { path, scope: one.scope, by, dataDir, configured };
    state.thread = packThread(request, {
      log,
      onProgress: ({ files, of, rows }) => {
        state.progress = { files, of, records: rows };
      },
    });
    const ended = await state.thread.ended;
    if (ended.type !== 'done') return writeExport(db, failed(one, ended.code));
    const { size } = await stat(path);
    await writeExport(db, {
      ...one,
      ...{ status: 'done', finishedAt: instant(clock()), file: name, bytes: size, records: ended.records },
    });
  }

  return {
    async ask(scope, by) {
      const id = `ex${randomBytes(6).toString('hex')}`;
      const turn = turns.take(id);
      if (!turn) throw new CodedError('PACKS_BUSY', { running: turns.holder() });
      const state: Running = { id, progress: undefined, ended: Promise.resolve() };
      running = state;
      try {
        if (scope.from >= scope.to) throw new CodedError('RANGE_EMPTY', { from: scope.from, to: scope.to });
        const [unknown] = (await subjectsNamed(db, scope)).unknown;
        if (unknown) throw new CodedError('NOT_FOUND', { [unknown[0]]: unknown[1] });
        await noteExport(db, { scope, by });
        const one: Export = {
          ...{ id: state.id, status: 'running', scope, requestedBy: by.actor, requestedAt: by.at },
          ...{ finishedAt: null, file: null, bytes: null, records: null, failure: null },
        };
        await writeExport(db, one);
        state.ended = run(one, { by, state })
          .catch((error: unknown) => log.error({ err: codedError(error) }, 'the end of a pack was not noted'))
          .finally(() => {
            running = undefined;
            turn[Symbol.dispose]();
          });
        return one;
      } catch (error) {
        running = undefined;
        turn[Symbol.dispose]();
        throw error;
      }
    },
    async list() {
      const all = await listExports(db);
      return all.map((one) =>
        one.id === running?.id && running.progress ? { ...one, progress: running.progress } : one,
      );
    },
    async fileOf(id) {
      const name = (await findExport(db, id))?.file ?? null;
      const path = join(folder, name ?? '');
      if (name === null || !existsSync(path)) throw new CodedError('NOT_FOUND', { export: id });
      return { path, name, bytes: (await stat(path)).size };
    },
    fingerprint: () => fingerprintOf(collectorKeys(dataDir, instant(clock())).publicKey),
    async [Symbol.asyncDispose]() {
      const ending = running?.ended;
      await running?.thread?.stop();
      await ending;
    },
  };
}

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromBufferPromise } from 'yauzl';
import { type CollectorKeys, collectorKeys } from '../../../server/audit/collector-keys.ts';
import { keepDays } from '../../../server/audit/keep-days.ts';
import { type PackOptions, writePack } from '../../../server/audit/pack.ts';
import { RULES } from '../../../server/detect/rules/index.ts';
import { appendAction } from '../../../server/store/actions.ts';
import type { Store } from '../../../server/store/store.ts';
import type { Manifest, PackScope } from '../../../shared/pack.ts';
import { DAY, instant, millis } from '../../../shared/time.ts';
import { temporaryFolder, testCollector } from '../../support/collector.ts';
import {
  ANYDESK,
  began,
  chainOf,
  enrollRaw,
  newEpoch,
  openRaw,
  type RawIdentity,
} from '../../support/raw-agent.ts';

const FROM = '2026-03-02T00:00:00.000Z';
const TO = '2026-03-05T00:00:00.000Z';
export const EVERYTHING: PackScope = {
  from: FROM,
  to: TO,
  contractors: [],
  endpoints: [],
  cases: [],
  redact: false,
};

/** Three days of a collector with two machines that really sealed what it holds, its days signed. */
export interface AuditWorld extends AsyncDisposable {
  readonly dataDir: string;
  readonly store: Store;
  readonly keys: CollectorKeys;
  readonly machines: readonly RawIdentity[];
  /** Writes a pack into the world's folder; gives its path. */
  pack(change?: Partial<PackOptions>): Promise<string>;
  readonly written: Manifest[];
  readonly url: string;
  link(): Promise<string>;
}

export const LOGIN = {
  kind: 'session',
  user: 'mallory',
  method: 'ssh',
  from: '198.51.100.77',
  startedAt: '2026-03-02T10:00:00.000Z',
} as const;

const GONE = { kind: 'tool', tool: 'anydesk', state: 'running' } as const;

export async function auditWorld({
  machines: count = 2,
  days = 3,
  ...console
}: {
  readonly machines?: number;
  readonly days?: number;
  readonly consoleDir?: string;
} = {}): Promise<AuditWorld> {
  const folder = temporaryFolder();
  const dataDir = join(folder, 'data');
  let now = millis('2026-03-02T10:00:00.000Z');
  const collector = await testCollector({ clock: () => now, config: { dataDir }, keep: true, ...console });
  const { store } = collector;
  const machines: RawIdentity[] = [];
  for (const contractor of ['ada', 'ben'].slice(0, count))
    machines.push(
      await enrollRaw(await collector.token({ contractor }), { hostname: `${contractor}-laptop` }),
    );
  const spools = machines
    .map((identity) => ({ identity, epoch: newEpoch() }))
    .map((spool) => ({
      ...spool,
      chain: chainOf(spool.identity, spool.epoch),
    }));
  for (let day = 0; day < days; day += 1) {
    for (const { identity, epoch, chain } of spools) {
      const next = day * 3 + 1;
      await using connection = await openRaw(identity, { epoch, next, time: instant(now) });
      for (const changes of [[began(ANYDESK), began(LOGIN)], [{ change: 'ended' as const, fact: GONE }]]) {
        connection.send(chain.frame(changes, instant(now)));
        const answer = await connection.next();
        if (answer.type !== 'ack') throw new Error(JSON.stringify(answer));
      }
    }
    await store.db.transaction().execute((trx) =>
      appendAction(trx, {
        at: instant(now),
        actor: 'grace',
        source: '192.0.2.1',
        action: 'case.note',
        subject: 'ada',
        detail: { day },
      }),
    );
    now += DAY;
  }
  await collector.settled();
  const keys = collectorKeys(dataDir, '2026-03-02T09:00:00.000Z');
  await keepDays({ db: store.db, signer: keys, clock: () => now });
  const written: Manifest[] = [];
  let packs = 0;
  return {
    ...{ dataDir, store, keys, machines, written, url: collector.url },
    link: () => collector.signInLink('admin'),
    async pack(change = {}) {
      packs += 1;
      const path = join(folder, `pack-${packs}.zip`);
      written.push(
        await writePack({
          ...{
            dataDir,
            path,
            scope: EVERYTHING,
            at: instant(now),
            keys,
            rules: RULES,
            catalog: 'test',
            advisories: [],
          },
          requestedBy: { actor: 'grace', source: 'test' },
          settings: async () => new Map(),
          ...change,
        }),
      );
      return change.path ?? path;
    },
    async [Symbol.asyncDispose]() {
      await collector[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Every file of a pack as text. */
export async function entriesIn(path: string): Promise<ReadonlyMap<string, string>> {
  const zip = await fromBufferPromise(readFileSync(path), { lazyEntries: true });
  const entries = new Map<string, string>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    entries.set(entry.fileName, Buffer.concat(chunks).toString());
  }
  return entries;
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { CodedError } from '../../shared/errors.ts';
import {
  MANIFEST,
  MANIFEST_SIGNATURE,
  type Manifest,
  manifestText,
  PACK_FORMAT,
  type PackFile,
  type PackSchedule,
  type PackScope,
  packText,
  sealComment,
} from '../../shared/pack.ts';
import { type Instant, millis } from '../../shared/time.ts';
import { VERSION } from '../../shared/version.ts';
import type { Rule } from '../detect/rule.ts';
import { dayRoots } from '../store/day-roots.ts';
import { endpointRowsIn, hasAnything, namesIn, type PackRange, subjectsNamed } from '../store/pack-rows.ts';
import { openSnapshot } from '../store/snapshot.ts';
import type { Db } from '../store/store.ts';
import { type Part, writeArchive } from './archive.ts';
import type { CollectorKeys } from './collector-keys.ts';
import { evidenceOf, evidencePath, type SpoolAccount, spoolTable } from './evidence.ts';
import { NO_REDACTION, type Redaction, redaction } from './redaction.ts';
import { sha256Of } from './signatures.ts';
import { jsonLines, type Table } from './table.ts';
import type { TableSource } from './table-source.ts';
import { TABLES } from './tables.ts';

export interface PackOptions {
  readonly dataDir: string;
  /** Where it goes; nothing is overwritten. */
  readonly path: string;
  readonly scope: PackScope;
  readonly requestedBy: Manifest['requestedBy'];
  /** Its packs are written also where nothing was recorded: that none is missing must show. */
  readonly schedule?: PackSchedule | undefined;
  readonly at: Instant;
  readonly keys: CollectorKeys;
  readonly rules: readonly Rule[];
  readonly settings: (db: Db) => Promise<ReadonlyMap<string, unknown>>;
  readonly catalog: string;
  readonly onProgress?: ((progress: PackProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PackProgress {
  readonly path: string;
  readonly files: number;
  readonly of: number;
  readonly rows: number;
}

/**
 * Writes a pack of the store as it is at this moment, while the collector goes on. Throws RANGE_EMPTY, NOT_FOUND for who or what is not
 * known, PACK_DISK_FULL, PACK_UNWRITABLE.
 */
export async function writePack(options: PackOptions): Promise<Manifest> {
  const { dataDir, path, keys, at, signal } = options;
  if (existsSync(path))
    throw new CodedError('PACK_UNWRITABLE', { path, reason: 'there is a file of that name' });
  await using snapshot = await openSnapshot(dataDir);
  const { db } = snapshot;
  const range = await rangeOf(db, options);
  const written = newWritten(options);
  const source = await sourceOf(db, { options, range });
  const tables = TABLES.map((table) => table(source));
  const endpoints: string[] = [];
  for await (const { id } of endpointRowsIn(db, range)) endpoints.push(id);

  const spools: SpoolAccount[] = [];
  const evidence = {
    db,
    range,
    payloads: !options.scope.redact,
    account: (spool: SpoolAccount) => spools.push(spool),
  };
  const last = spoolTable(spools);
  const parts = [
    ...tables.map((table) => written.part('table', tablePath(table), () => jsonLines(table))),
    ...endpoints.map((id) => written.part('evidence', evidencePath(id), () => evidenceOf(id, evidence))),
    // Its rows are there once all evidence was written.
    written.part('table', tablePath(last), () => jsonLines(spoolTable(spools))),
  ];
  let manifest: Manifest | undefined;
  const describe = (): string => {
    manifest ??= manifestOf(options, [...tables, last], written.files);
    return `${JSON.stringify(manifest, null, 1)}\n`;
  };
  await writeArchive(path, {
    at: new Date(millis(at)),
    parts: [
      ...parts,
      { path: MANIFEST, content: () => once(describe) },
      { path: MANIFEST_SIGNATURE, content: () => once(() => signatureOf(keys, describe())) },
    ],
    seal: (sha256) => sealComment(sha256, keys.sign(packText(sha256))),
    signal,
  });
  if (!manifest) throw new CodedError('INTERNAL', { reason: 'a pack without a manifest' });
  return manifest;
}

async function rangeOf(db: Db, { scope, schedule }: PackOptions): Promise<PackRange> {
  const { from, to } = scope;
  if (from >= to) throw new CodedError('RANGE_EMPTY', { from, to });
  const { unknown, ...subjects } = await subjectsNamed(db, scope);
  const [first] = unknown;
  if (first) throw new CodedError('NOT_FOUND', { [first[0]]: first[1] });
  const range = { from, to, ...subjects };
  if (!schedule && !(await hasAnything(db, range))) throw new CodedError('RANGE_EMPTY', { from, to });
  return range;
}

async function sourceOf(
  db: Db,
  { options, range }: { readonly options: PackOptions; readonly range: PackRange },
): Promise<TableSource> {
  const { scope, keys, rules } = options;
  const days = await dayRoots(db);
  const settings = await options.settings(db);
  return {
    db,
    range,
    scope,
    redaction: await redactionOf(db, { scope, range }),
    keys: keys.all,
    days,
    rules,
    settings,
  };
}

async function redactionOf(
  db: Db,
  { scope, range }: { readonly scope: PackScope; readonly range: PackRange },
): Promise<Redaction> {
  if (!scope.redact) return NO_REDACTION;
  const ids = new Set<string>();
  for await (const { id, contractor } of endpointRowsIn(db, range)) ids.add(id).add(contractor);
  return redaction(await namesIn(db, range), ids);
}

/** Counts and hashes each file while it is written. Every piece that a part yields is one row. */
function newWritten({ onProgress, signal }: PackOptions) {
  const files: PackFile[] = [];
  let parts = 0;
  let rows = 0;
  const REPORT_EVERY = 1_000;
  const part = (
    kind: PackFile['kind'],
    path: string,
    content: () => AsyncIterable<string | Buffer>,
  ): Part => {
    parts += 1;
    return { path, content: () => counted(kind, path, content()) };
  };
  async function* counted(kind: PackFile['kind'], path: string, content: AsyncIterable<string | Buffer>) {
    const hash = createHash('sha256');
    const file = { bytes: 0, rows: 0 };
    for await (const row of content) {
      signal?.throwIfAborted();
      hash.update(row);
      file.bytes += Buffer.byteLength(row);
      file.rows += 1;
      rows += 1;
      if (rows % REPORT_EVERY === 0) onProgress?.({ path, files: files.length, of: parts, rows });
      yield row;
    }
    files.push({ path, kind, ...file, sha256: hash.digest('base64url') });
    onProgress?.({ path, files: files.length, of: parts, rows });
  }
  return { files, part };
}

function tablePath({ name }: Table): string {
  return `tables/${name}.jsonl`;
}

function manifestOf(options: PackOptions, tables: readonly Table[], files: readonly PackFile[]): Manifest {
  const { catalog, at, requestedBy, scope, schedule } = options;
  return {
    format: PACK_FORMAT,
    version: VERSION,
    catalog,
    createdAt: at,
    requestedBy,
    scope,
    ...(schedule ? { schedule } : {}),
    tables: tables.map(({ name, describes, columns }) => ({ name, describes, columns: [...columns] })),
    files: [...files],
  };
}

function signatureOf({ publicKey, sign }: CollectorKeys, manifest: string): string {
  const sha256 = sha256Of(manifest);
  return `${JSON.stringify({ format: PACK_FORMAT, publicKey, sha256, signature: sign(manifestText(sha256)) })}\n`;
}

async function* once(text: () => string): AsyncGenerator<string> {
  yield text();
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { CATALOG } from '../../shared/catalog/index.ts';
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
  REPORT_HTML,
  REPORT_PDF,
  sealComment,
} from '../../shared/pack.ts';
import { type Instant, millis } from '../../shared/time.ts';
import { VERSION } from '../../shared/version.ts';
import type { CoveredAdvisory } from '../detect/advisory-coverage.ts';
import type { Rule } from '../detect/rule.ts';
import { fairnessOf } from '../detector/fairness.ts';
import { attributionsOf } from '../intel/attributions.ts';
import { burdens } from '../store/burdens.ts';
import { dayRoots } from '../store/day-roots.ts';
import { endpointRowsIn } from '../store/pack-rows.ts';
import { hasAnything, namesIn, type PackRange, subjectsNamed } from '../store/pack-scope.ts';
import { openSnapshot } from '../store/snapshot.ts';
import type { Db } from '../store/store.ts';
import { type Part, writeArchive } from './archive.ts';
import type { CollectorKeys } from './collector-keys.ts';
import { type CsvPiece, csvOf } from './csv.ts';
import { dictionaryJson, dictionaryOf } from './document/dictionary.ts';
import { htmlOf } from './document/html.ts';
import { pdfOf } from './document/pdf.ts';
import { type ReportFacts, reportOf } from './document/report.ts';
import { newTally, type Tally, tallied } from './document/tally.ts';
import { evidenceOf, evidencePath, type SpoolAccount, spoolTable } from './evidence.ts';
import { NO_REDACTION, type Redaction, redaction } from './redaction.ts';
import { fingerprintOf, sha256Of } from './signatures.ts';
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
  readonly advisories: readonly CoveredAdvisory[];
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
  const tally = newTally();
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
  // Its rows are there once all evidence was written.
  const last: Table = { ...spoolTable([]), rows: () => spoolTable(spools).rows() };
  const all = [...tables, last];
  const asTable = (table: Table) =>
    written.part('table', tablePath(table), () => jsonLines(tallied(table, tally)));
  const report = async () => reportOf(await reportFacts(db, { options, tally }));
  const parts = [
    ...tables.map(asTable),
    ...endpoints.map((id) => written.part('evidence', evidencePath(id), () => evidenceOf(id, evidence))),
    asTable(last),
    ...all.map((table) => written.part('csv', `tables/${table.name}.csv`, () => csvOf(table))),
    written.part('document', 'dictionary.html', () => whole(async () => htmlOf(dictionaryOf(all)))),
    written.part('document', 'dictionary.json', () => whole(async () => dictionaryJson(all, PACK_FORMAT))),
    written.part('document', REPORT_HTML, () => whole(async () => htmlOf(await report()))),
    written.part('document', REPORT_PDF, () => whole(async () => pdfOf(await report(), at))),
  ];
  let manifest: Manifest | undefined;
  const describe = (): string => {
    manifest ??= manifestOf(options, all, written.files);
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
    at: options.at,
  };
}

async function reportFacts(
  db: Db,
  { options, tally }: { readonly options: PackOptions; readonly tally: Tally },
): Promise<ReportFacts> {
  const { scope, at, requestedBy, catalog, keys, advisories } = options;
  const narrowed = scope.contractors.length + scope.endpoints.length + scope.cases.length > 0;
  return {
    ...{ scope, createdAt: at, requestedBy, version: VERSION, catalog, tally },
    fingerprint: fingerprintOf(keys.publicKey),
    advisories,
    fairness: narrowed ? undefined : fairnessOf(await burdens(db), at),
    attributions: attributionsOf(tally.intel),
    unconfirmed: {
      tools: CATALOG.tools.filter(({ confidence }) => confidence === 'unconfirmed').length,
      of: CATALOG.tools.length,
    },
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

/** What a part yields: a row, rows as one text, or a whole document without rows. */
type Piece = string | Buffer | CsvPiece;

/** Counts and hashes each file while it is written. */
function newWritten({ onProgress, signal }: PackOptions) {
  const files: PackFile[] = [];
  let parts = 0;
  let rows = 0;
  const REPORT_EVERY = 1_000;
  const part = (kind: PackFile['kind'], path: string, content: () => AsyncIterable<Piece>): Part => {
    parts += 1;
    return { path, content: () => counted(kind, path, content()) };
  };
  async function* counted(kind: PackFile['kind'], path: string, content: AsyncIterable<Piece>) {
    const hash = createHash('sha256');
    const file = { bytes: 0, rows: 0 };
    for await (const piece of content) {
      signal?.throwIfAborted();
      const { text, rows: added } = isRow(piece) ? { text: piece, rows: kind === 'document' ? 0 : 1 } : piece;
      hash.update(text);
      file.bytes += Buffer.byteLength(text);
      file.rows += added;
      const told = Math.floor(rows / REPORT_EVERY);
      rows += added;
      if (Math.floor(rows / REPORT_EVERY) > told)
        onProgress?.({ path, files: files.length, of: parts, rows });
      yield text;
    }
    files.push({ path, kind, ...file, sha256: hash.digest('base64url') });
    onProgress?.({ path, files: files.length, of: parts, rows });
  }
  return { files, part };
}

function isRow(piece: Piece): piece is string | Buffer {
  return typeof piece === 'string' || Buffer.isBuffer(piece);
}

async function* whole(make: () => Promise<string | Buffer>): AsyncGenerator<string | Buffer> {
  yield await make();
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

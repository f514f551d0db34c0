import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { CodedError, codedError } from '../../shared/errors.ts';
import {
  type ColumnDoc,
  MANIFEST,
  MANIFEST_SIGNATURE,
  type Manifest,
  manifestSchema,
  manifestSignatureSchema,
  manifestText,
  type PackFile,
  packText,
} from '../../shared/pack.ts';
import { problemsOf } from '../../shared/problems.ts';
import { type ByteReader, newByteReader } from './byte-reader.ts';
import { newCsv } from './csv.ts';
import { bare } from './fingerprint.ts';
import { type OpenPack, openPack, type PackLimits } from './open-pack.ts';
import { fingerprintOf, isSignedBy, sha256Of } from './signatures.ts';
import { newFindings, nothingChecked, type Signer, type Verdict } from './verdict.ts';
import { checkAnchor, checkDays, checkKeys } from './verify-days.ts';
import { checkEvidence } from './verify-evidence.ts';
import { type CheckContext, nothingKnown, TABLE_CHECKS } from './verify-tables.ts';

export interface VerifyOptions {
  /** A file, or the bytes of one. */
  readonly path: string | Buffer;
  /** The fingerprint of the key that has to have signed it, or to have vouched for the one that did: 64 hex digits. */
  readonly fingerprint?: string | undefined;
  /** Day → hash of its root, as an anchor outside has it. */
  readonly anchor?: ReadonlyMap<string, string> | undefined;
  readonly limits?: Partial<PackLimits>;
  /** Stops at a broken seal, without looking for what was changed. */
  readonly stopAtSeal?: boolean;
  readonly onProgress?: ((progress: { readonly file: string; readonly bytes: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Checks a pack by nothing but itself, and the key if one is given: no store, no network. What it finds wrong is in the verdict. */
export async function verifyPack(options: VerifyOptions): Promise<Verdict> {
  const { path, limits, onProgress } = options;
  const found = newFindings();
  const checked = nothingChecked();
  const notes: string[] = [];
  let manifest: Manifest | undefined;
  let signer: Signer | undefined;
  try {
    await using pack = await openPack({
      path,
      limits,
      stopAtSeal: options.stopAtSeal,
      onBytes: (bytes) => onProgress?.({ file: 'the seal', bytes }),
    });
    const head = await readManifest(pack);
    manifest = head.manifest;
    if (!head.isSigned) found.tampered('the manifest is not what was signed', { file: MANIFEST });
    if (!isSealed(pack, head.publicKey))
      found.tampered('the pack is not the one that was sealed: bytes of it were changed');
    const context = { known: nothingKnown(manifest.scope), checked, found };
    checkNames(pack, manifest, context);
    await checkFiles(pack, manifest, { context, options });
    checkKeys(context);
    checkDays(context);
    if (options.anchor) checkAnchor(options.anchor, context);
    signer = signerOf(head.publicKey, context, options.fingerprint);
    notes.push(...notesOn(manifest, context));
  } catch (error) {
    options.signal?.throwIfAborted();
    const { code, context } = codedError(error, 'PACK_DAMAGED');
    const reason = String(context['reason'] ?? code);
    found.unreadable(reason, typeof context['file'] === 'string' ? { file: context['file'] } : {});
  }
  const { tables: _, files: __, ...about } = manifest ?? { tables: [], files: [] };
  return {
    outcome: found.outcome(),
    troubles: found.named,
    troubleCount: found.count,
    manifest: 'format' in about ? about : undefined,
    signer,
    checked,
    notes,
  };
}

const MOST_MANIFEST = 128 * 1024 * 1024;

async function readManifest(pack: OpenPack) {
  const text = await textOf(pack, MANIFEST);
  const signature = parsedJson(
    manifestSignatureSchema,
    await textOf(pack, MANIFEST_SIGNATURE),
    MANIFEST_SIGNATURE,
  );
  const manifest = parsedJson(manifestSchema, text, MANIFEST);
  const { publicKey, sha256 } = signature;
  const isSigned =
    sha256 === sha256Of(text) && isSignedBy(publicKey, manifestText(sha256), signature.signature);
  return { manifest, publicKey, isSigned };
}

async function textOf(pack: OpenPack, path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of await pack.read(path)) {
    length += chunk.length;
    if (length > MOST_MANIFEST)
      throw new CodedError('PACK_DAMAGED', { reason: 'it is too large', file: path });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parsedJson<S extends z.core.$ZodType>(schema: S, text: Buffer, file: string): z.infer<S> {
  let value: unknown;
  try {
    value = JSON.parse(text.toString());
  } catch (cause) {
    throw new CodedError('PACK_DAMAGED', { reason: 'it is no JSON', file }, { cause });
  }
  const result = z.safeParse(schema, value);
  if (!result.success) throw new CodedError('PACK_DAMAGED', { reason: problemsOf(result.error), file });
  return result.data;
}

function isSealed({ seal }: OpenPack, publicKey: string): boolean {
  return (
    seal !== undefined &&
    seal.sha256 === seal.really &&
    isSignedBy(publicKey, packText(seal.sha256), seal.signature)
  );
}

/** What is in the zip and what the manifest lists are the same, each once and in the same order. */
function checkNames({ paths }: OpenPack, { files }: Manifest, { found }: CheckContext): void {
  const there = new Set(paths);
  const listed = new Set([...files.map(({ path }) => path), MANIFEST, MANIFEST_SIGNATURE]);
  if (listed.size !== files.length + 2) found.tampered('the manifest lists a file twice', { file: MANIFEST });
  for (const file of listed) if (!there.has(file)) found.tampered('it is listed, but not there', { file });
  for (const file of there) if (!listed.has(file)) found.tampered('it is there, but not listed', { file });
}

interface Checking {
  readonly context: CheckContext;
  readonly options: VerifyOptions;
}

async function checkFiles(pack: OpenPack, manifest: Manifest, checking: Checking): Promise<void> {
  const there = new Set(pack.paths);
  for (const file of manifest.files) {
    checking.options.signal?.throwIfAborted();
    if (there.has(file.path)) await checkFile(pack, file, { ...checking, manifest });
  }
}

async function checkFile(
  pack: OpenPack,
  file: PackFile,
  { context, options, manifest }: Checking & { readonly manifest: Manifest },
): Promise<void> {
  const { found, checked } = context;
  const { path } = file;
  const hash = createHash('sha256');
  let bytes = 0;
  let record = 'its first record';
  const endpoint = /^evidence\/(.+)\.batches$/.exec(path)?.[1];
  async function* counted() {
    for await (const chunk of await pack.read(path)) {
      hash.update(chunk);
      bytes += chunk.length;
      options.onProgress?.({ file: path, bytes: checked.bytes + bytes });
      yield chunk;
    }
  }
  try {
    const reader = newByteReader(counted());
    const at = (where: string) => {
      record = where;
    };
    const rows = await checkContent(reader, { file, endpoint, at, manifest }, context);
    if (rows !== file.rows)
      found.tampered(`it has ${rows} records, but the manifest says ${file.rows}`, { file: path });
    const really = hash.digest('base64url');
    if (really !== file.sha256 || bytes !== file.bytes)
      found.tampered('its bytes are not those that the manifest lists', { file: path });
    if (file.kind === 'csv' && context.known.csv.get(path) !== really)
      found.tampered('it does not say what the table of its name says', { file: path });
  } catch (error) {
    options.signal?.throwIfAborted();
    const { context: facts } = codedError(error, 'PACK_DAMAGED');
    found.tampered(`it cannot be read further: ${String(facts['reason'])}`, {
      file: path,
      ...(endpoint !== undefined && { endpoint }),
      record,
    });
  }
  checked.files += 1;
  checked.bytes += bytes;
  checked.rows += file.rows;
}

interface Content {
  readonly file: PackFile;
  /** Of evidence. */
  readonly endpoint: string | undefined;
  readonly at: (record: string) => void;
  readonly manifest: Manifest;
}

/** Reads a file to its end; gives how many rows it has. */
async function checkContent(
  reader: ByteReader,
  { file, endpoint, at, manifest }: Content,
  context: CheckContext,
): Promise<number> {
  const { kind, path } = file;
  if (kind === 'evidence' && endpoint !== undefined)
    return checkEvidence(reader, { endpoint, path, at }, context);
  if (kind === 'table') return checkLines(reader, { file, at, manifest }, context);
  await reader.drain();
  return kind === 'csv' ? (context.known.rows.get(path) ?? 0) : 0;
}

/** A table has one JSON object with exactly its columns on each line. */
async function checkLines(
  reader: ByteReader,
  { file, at, manifest }: Omit<Content, 'endpoint'>,
  context: CheckContext,
): Promise<number> {
  const name = /^tables\/(.+)\.jsonl$/.exec(file.path)?.[1] ?? '';
  const table = manifest.tables.find((known) => known.name === name);
  if (!table) context.found.tampered('the manifest describes no such table', { file: file.path });
  const columns = table?.columns.map((column) => column.name).join(' ');
  const check = Object.hasOwn(TABLE_CHECKS, name) ? TABLE_CHECKS[name]?.(context) : undefined;
  const csv = newCsvHash(table?.columns ?? []);
  let rows = 0;
  for (;;) {
    at(`row ${rows + 1}`);
    const line = await reader.line();
    if (!line) break;
    rows += 1;
    const row: unknown = JSON.parse(line.toString());
    const isRow = columns !== undefined && columnsOf(row) === columns;
    const wrong = isRow ? check?.row(row) : 'its columns are not those of the table';
    if (isRow) csv.add(row);
    if (wrong !== undefined) context.found.tampered(wrong, { file: file.path, record: `row ${rows}` });
  }
  const path = `tables/${name}.csv`;
  context.known.csv.set(path, csv.digest());
  context.known.rows.set(path, rows);
  return rows;
}

/** What the CSV of a table has to be, of which nothing is kept but its hash. */
function newCsvHash(columns: readonly ColumnDoc[]) {
  const writer = newCsv(columns);
  const hash = createHash('sha256').update(writer.head);
  return {
    add(row: unknown) {
      const piece = writer.add(new Map(Object.entries(Object(row))));
      if (piece) hash.update(piece.text);
    },
    digest: () => hash.update(writer.rest().text).digest('base64url'),
  };
}

function columnsOf(row: unknown): string {
  return typeof row === 'object' && row !== null ? Object.keys(row).join(' ') : '';
}

/** Whose key it is: the given one, one that has its word through others, or one of which nobody here has heard. */
function signerOf(publicKey: string, { known, found }: CheckContext, given: string | undefined): Signer {
  const fingerprint = fingerprintOf(publicKey);
  const keys = known.keys.map((key) => key.publicKey);
  if (keys.at(-1) !== publicKey)
    found.tampered('the key that signed the pack is not the last of the collector’s keys', {
      file: MANIFEST_SIGNATURE,
    });
  const about = { publicKey, fingerprint };
  if (given === undefined) return { ...about, trust: 'unconfirmed' };
  if (bare(fingerprint) === bare(given)) return { ...about, trust: 'given' };
  if (keys.some((key) => bare(fingerprintOf(key)) === bare(given))) return { ...about, trust: 'vouched' };
  found.tampered('another key than the given one signed the pack', {
    file: MANIFEST_SIGNATURE,
    record: fingerprint,
  });
  return { ...about, trust: 'foreign' };
}

function notesOn({ scope }: Manifest, { known, checked }: CheckContext): readonly string[] {
  const last = known.days.at(-1)?.day;
  const narrowed = scope.contractors.length + scope.endpoints.length + scope.cases.length > 0;
  return [
    ...(last === undefined || last < scope.to.slice(0, 10)
      ? [
          `Days after ${last ?? 'the beginning'} are not under a signed root yet; this pack’s own signature covers them.`,
        ]
      : []),
    ...(checked.explained > 0
      ? [`${checked.explained} numbers are missing from the evidence; the gap ledger in the pack says why.`]
      : []),
    ...(checked.erased > 0
      ? [
          `${checked.erased} batches are there by their seals alone: what they said was erased, as a signed tombstone says.`,
        ]
      : []),
    ...(known.purgedDays.length > 0
      ? [
          `The action log was purged through row ${known.actionsPurged.through}, as a signed tombstone says; the trees of ${known.purgedDays.length} days (${known.purgedDays.at(0)} to ${known.purgedDays.at(-1)}) cannot be reckoned again.`,
        ]
      : []),
    ...(narrowed
      ? ['The pack was narrowed to some contractors, endpoints or cases; others are there by hashes alone.']
      : []),
    ...(scope.redact
      ? [
          'The pack is redacted: sealed batches are there by their seals, and what they said cannot be compared.',
        ]
      : []),
  ];
}

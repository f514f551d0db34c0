import * as z from 'zod/mini';
import { bytes32Schema, idSchema, signatureSchema } from './ids.ts';
import { instantSchema } from './time.ts';

/**
 * An audit pack is a zip of JSON Lines, the same as CSV, a report, a manifest that names every one of them with its SHA-256, and a seal: the zip's comment, a
 * signed hash of every byte before it. All signatures are Ed25519 of the collector's key over the texts below; hashes are base64url.
 */
export const PACK_FORMAT = 'farhand-pack.v1';
export const MANIFEST = 'manifest.json';
export const MANIFEST_SIGNATURE = 'manifest.sig';
export const REPORT_HTML = 'report.html';
export const REPORT_PDF = 'report.pdf';

/** What a pack was asked to hold. Empty lists do not narrow it. */
export const packScopeSchema = z.strictObject({
  from: instantSchema,
  /** The first moment that is not in it. */
  to: instantSchema,
  contractors: z.array(idSchema).check(z.maxLength(1_000)),
  endpoints: z.array(idSchema).check(z.maxLength(1_000)),
  cases: z.array(z.string().check(z.maxLength(64))).check(z.maxLength(1_000)),
  /** Names, accounts, hosts and the ends of addresses are replaced, and evidence is there by its seals alone. */
  redact: z.boolean(),
});
export type PackScope = Readonly<z.infer<typeof packScopeSchema>>;

export const COLUMN_TYPES = ['text', 'integer', 'instant', 'flag', 'json'] as const;

const columnSchema = z.strictObject({
  name: z.string().check(z.maxLength(64)),
  type: z.enum(COLUMN_TYPES),
  describes: z.string().check(z.maxLength(500)),
});
export type ColumnDoc = Readonly<z.infer<typeof columnSchema>>;

const count = z.int().check(z.minimum(0));

const fileSchema = z.strictObject({
  path: z.string().check(z.maxLength(200), z.regex(/^[A-Za-z0-9][A-Za-z0-9._@/-]*$/)),
  /**
   * `table` and `evidence` are checked by what they say, `csv` is what its table says in other words; a `document` is checked by its
   * bytes and has no rows.
   */
  kind: z.enum(['table', 'evidence', 'csv', 'document']),
  bytes: count,
  rows: count,
  sha256: bytes32Schema,
});
export type PackFile = Readonly<z.infer<typeof fileSchema>>;

/** Which schedule made a pack. One that was missed when it was due was made up later. */
const packScheduleSchema = z.strictObject({
  id: z.string().check(z.maxLength(64)),
  name: z.string().check(z.maxLength(80)),
  due: instantSchema,
  madeUpAt: z.nullable(instantSchema),
});
export type PackSchedule = Readonly<z.infer<typeof packScheduleSchema>>;

export const manifestSchema = z.strictObject({
  format: z.literal(PACK_FORMAT),
  /** Version of the collector. */
  version: z.string().check(z.maxLength(32)),
  catalog: z.string().check(z.maxLength(64)),
  createdAt: instantSchema,
  requestedBy: z.strictObject({ actor: z.string(), source: z.string() }),
  scope: packScopeSchema,
  schedule: z.optional(packScheduleSchema),
  tables: z
    .array(
      z.strictObject({
        name: z.string().check(z.maxLength(64)),
        describes: z.string().check(z.maxLength(1_000)),
        columns: z.array(columnSchema).check(z.maxLength(100)),
      }),
    )
    .check(z.maxLength(100)),
  files: z.array(fileSchema).check(z.maxLength(200_000)),
});
export type Manifest = Readonly<z.infer<typeof manifestSchema>>;

export const manifestSignatureSchema = z.strictObject({
  format: z.literal(PACK_FORMAT),
  publicKey: bytes32Schema,
  sha256: bytes32Schema,
  signature: signatureSchema,
});

/** A key of the collector. The one before it vouched for it, so whoever knows an old one can follow to the latest. */
export const collectorKeySchema = z.strictObject({
  /** Raw Ed25519 key. */
  publicKey: bytes32Schema,
  from: instantSchema,
  until: z.nullable(instantSchema),
  vouchedBy: z.nullable(bytes32Schema),
  voucher: z.nullable(signatureSchema),
});
export type CollectorKey = Readonly<z.infer<typeof collectorKeySchema>>;

/** What one UTC day added: a Merkle root (RFC 6962) over its action log and one over the heads of the spools that delivered. */
export const dayRootSchema = z.strictObject({
  day: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/)),
  /** Ids through which rows belong to this day or an earlier one: the order of arrival, so a day never changes. */
  batchesThrough: count,
  actionsThrough: count,
  actions: count,
  actionsRoot: bytes32Schema,
  heads: count,
  headsRoot: bytes32Schema,
  /** `hash` of the day before; of the first, 32 zero bytes. */
  prev: bytes32Schema,
  hash: bytes32Schema,
  publicKey: bytes32Schema,
  signature: signatureSchema,
});
export type DayRoot = Readonly<z.infer<typeof dayRootSchema>>;

/** Where a spool's chain stood after the last batch that it delivered on that day. */
export interface DayHead {
  readonly endpoint: string;
  readonly epoch: string;
  readonly acked: number;
  readonly head: string;
  readonly receivedAt: string;
}

/** What the chain of days begins with. */
export const NO_DAY = 'A'.repeat(43);

/** Over every byte of the zip before its comment. */
export function packText(sha256: string): string {
  return `farhand.v1 pack\n${sha256}`;
}

export function manifestText(sha256: string): string {
  return `farhand.v1 manifest\n${sha256}`;
}

export function keyText({ publicKey, from }: Pick<CollectorKey, 'publicKey' | 'from'>): string {
  return `farhand.v1 collector key\n${publicKey}\n${from}`;
}

export function dayRootText(root: Omit<DayRoot, 'hash' | 'publicKey' | 'signature'>): string {
  const { day, batchesThrough, actionsThrough, actions, actionsRoot, heads, headsRoot, prev } = root;
  return [
    'farhand.v1 day',
    day,
    batchesThrough,
    actionsThrough,
    actions,
    actionsRoot,
    heads,
    headsRoot,
    prev,
  ].join('\n');
}

/** A leaf of `headsRoot`. */
export function headText({ endpoint, epoch, acked, head, receivedAt }: DayHead): string {
  return [endpoint, epoch, acked, head, receivedAt].join('\n');
}

/** What the `hash` of a row of the action log is made over, with SHA-256. */
export function actionText(row: {
  readonly prev: string;
  readonly at: string;
  readonly actor: string;
  readonly source: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: string;
}): string {
  const { prev, at, actor, source, action, subject, detail } = row;
  return JSON.stringify([prev, at, actor, source, action, subject, detail]);
}

/** The comment of the zip: always equally long, so that it can be found from the end. */
export function sealComment(sha256: string, signature: string): string {
  return `farhand-pack.v1 sha256=${sha256} ed25519=${signature}`;
}

export const SEAL_LENGTH = sealComment('A'.repeat(43), 'A'.repeat(86)).length;

const SEAL = /^farhand-pack\.v1 sha256=([A-Za-z0-9_-]{43}) ed25519=([A-Za-z0-9_-]{86})$/;

export function parseSeal(
  comment: string,
): { readonly sha256: string; readonly signature: string } | undefined {
  const [, sha256, signature] = SEAL.exec(comment) ?? [];
  return sha256 !== undefined && signature !== undefined ? { sha256, signature } : undefined;
}

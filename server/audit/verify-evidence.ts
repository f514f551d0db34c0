import { createHash, type KeyObject, verify } from 'node:crypto';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { LIMITS } from '../../shared/frames.ts';
import { bytes32Schema, epochSchema, signatureSchema } from '../../shared/ids.ts';
import { problemsOf } from '../../shared/problems.ts';
import { instantSchema } from '../../shared/time.ts';
import { genesis } from '../ingest/verify.ts';
import type { ByteReader } from './byte-reader.ts';
import type { Where } from './verdict.ts';
import type { CheckContext, Known } from './verify-tables.ts';

const number = z.int().check(z.minimum(1), z.maximum(Number.MAX_SAFE_INTEGER));

const sealSchema = z.strictObject({
  epoch: epochSchema,
  first: number,
  last: number,
  prev: bytes32Schema,
  hash: bytes32Schema,
  signature: signatureSchema,
  receivedAt: instantSchema,
  offsetMs: z.int(),
  bytes: z.optional(z.int().check(z.minimum(0), z.maximum(LIMITS.frameBytes))),
});
type Seal = z.infer<typeof sealSchema>;

export interface EvidenceFile {
  readonly endpoint: string;
  readonly path: string;
  /** Told where the next record stands, for whoever has to say where a file broke off. */
  readonly at: (record: string) => void;
}

/** Checks every seal of an endpoint and that each follows from the one before; gives the number of batches. */
export async function checkEvidence(
  reader: ByteReader,
  { endpoint, path, at }: EvidenceFile,
  { known, checked, found }: CheckContext,
): Promise<number> {
  const key = known.endpoints.get(endpoint);
  if (!key) throw new CodedError('PACK_DAMAGED', { reason: `the key of ${endpoint} is not in the pack` });
  const heads = known.heads.get(endpoint);
  const epochs = new Set<string>();
  let before: Seal | undefined;
  let batches = 0;
  for (;;) {
    at(before ? `after ${nameOf(before)}` : 'its first batch');
    const line = await reader.line();
    if (!line) break;
    const seal = parsedSeal(line);
    const where: Where = { file: path, endpoint, record: nameOf(seal) };
    at(nameOf(seal));
    const payload = seal.bytes === undefined ? undefined : await reader.exact(seal.bytes);
    if (payload && (await reader.line())?.length !== 0)
      throw new CodedError('PACK_DAMAGED', { reason: 'a payload is longer than it says' });

    const wrong = wrongIn(seal, {
      key,
      payload,
      excused:
        known.scope.redact || isAmong(known.erased, { endpoint, epoch: seal.epoch, number: seal.last }),
    });
    if (!payload && !known.scope.redact) checked.erased += 1;
    if (wrong !== undefined) found.tampered(wrong, where);
    if (seal.receivedAt < known.scope.from || seal.receivedAt >= known.scope.to)
      found.tampered('it was received outside of the range', where);
    const same = before?.epoch === seal.epoch ? before : undefined;
    if (same) checkFollows(same, seal, { where, context: { known, checked, found }, endpoint });
    else if (epochs.has(seal.epoch)) found.tampered('its spool was over before', where);
    else if (seal.first === 1 && seal.prev !== genesis(endpoint, seal.epoch))
      found.tampered('it does not begin its spool', where);
    checkHoles(seal, { where, context: { known, checked, found }, endpoint });
    epochs.add(seal.epoch);

    const expected = heads?.get(`${seal.epoch} ${seal.last}`);
    if (expected && expected.head !== seal.hash)
      found.tampered(`it is not the batch that the signed root of ${expected.day} names`, where);
    heads?.delete(`${seal.epoch} ${seal.last}`);
    count(seal);
    before = seal;
  }
  for (const [place, { day }] of heads ?? []) {
    const [epoch = '', acked = ''] = place.split(' ');
    if (isAmong(known.tombstones, { endpoint, epoch, number: Number(acked) })) continue;
    found.incomplete(`the signed root of ${day} names a batch that is not here`, {
      file: path,
      endpoint,
      record: place,
    });
  }
  return batches;

  function count(seal: Seal): void {
    batches += 1;
    checked.batches += 1;
    checked.observations += seal.last - seal.first + 1;
    const name = `${endpoint} ${seal.epoch}`;
    const spool = known.spools.get(name);
    if (!spool) checked.spools += 1;
    known.spools.set(name, {
      batches: (spool?.batches ?? 0) + 1,
      first: spool?.first ?? seal.first,
      last: seal.last,
      head: seal.hash,
    });
  }
}

function parsedSeal(line: Buffer): Seal {
  const result = z.safeParse(sealSchema, JSON.parse(line.toString()));
  if (!result.success) throw new CodedError('PACK_DAMAGED', { reason: problemsOf(result.error) });
  return result.data;
}

function nameOf({ epoch, first, last }: Pick<Seal, 'epoch' | 'first' | 'last'>): string {
  return `batch ${first}–${last} of spool ${epoch}`;
}

function wrongIn(
  { prev, hash, signature, first, last }: Seal,
  {
    key,
    payload,
    excused,
  }: { readonly key: KeyObject; readonly payload: Buffer | undefined; readonly excused: boolean },
): string | undefined {
  if (last < first) return 'it ends before it begins';
  if (!payload && !excused) return 'its payload is missing, and no signed erasure says why';
  const bytes = Buffer.from(hash, 'base64url');
  if (payload) {
    const reckoned = createHash('sha256').update(Buffer.from(prev, 'base64url')).update(payload).digest();
    if (!reckoned.equals(bytes)) return 'its payload is not what was sealed';
  }
  return verify(null, bytes, key, Buffer.from(signature, 'base64url'))
    ? undefined
    : 'its seal is not the endpoint’s';
}

function checkFollows(
  before: Seal,
  seal: Seal,
  {
    where,
    context,
    endpoint,
  }: { readonly where: Where; readonly context: CheckContext; readonly endpoint: string },
): void {
  const { known, checked, found } = context;
  const missing = seal.first - before.last - 1;
  if (missing < 0) found.tampered('its numbers were there before', where);
  else if (missing === 0) {
    if (seal.prev !== before.hash) found.tampered('it does not follow from the batch before it', where);
  } else if (isExplained(explanations(known, `${endpoint} ${seal.epoch}`), before.last + 1, seal.first - 1))
    checked.explained += missing;
  else
    found.incomplete(
      `the ${missing} numbers before it are missing, and the gap ledger does not say why`,
      where,
    );
}

/** Holes beside this batch that tombstones stand for begin and end where the chain does. */
function checkHoles(
  { epoch, first, last, prev, hash }: Seal,
  { where, context: { known, found }, endpoint }: Parameters<typeof checkFollows>[2],
): void {
  for (const hole of known.tombstones.get(`${endpoint} ${epoch}`) ?? []) {
    const isBroken =
      (hole.last === first - 1 && hole.headAfter !== prev) ||
      (hole.first === last + 1 && hole.headBefore !== hash) ||
      (hole.first === 1 && hole.headBefore !== genesis(endpoint, epoch));
    if (isBroken)
      found.tampered(
        `its chain does not go on at the tombstone of the batches ${hole.first}–${hole.last}`,
        where,
      );
  }
}

/** Whether one of these tombstones stands for it. */
function isAmong(
  tombstones: Known['tombstones'],
  place: { readonly endpoint: string; readonly epoch: string; readonly number: number },
): boolean {
  return (tombstones.get(`${place.endpoint} ${place.epoch}`) ?? []).some(
    ({ first, last }) => first <= place.number && place.number <= last,
  );
}

function explanations({ gaps, tombstones }: Known, spool: string): readonly (readonly [number, number])[] {
  const purged = tombstones.get(spool) ?? [];
  return [...(gaps.get(spool) ?? []), ...purged.map(({ first, last }) => [first, last] as const)];
}

/** Whether gaps cover every number from `first` to `last`. */
function isExplained(gaps: readonly (readonly [number, number])[], first: number, last: number): boolean {
  let next = first;
  for (const [from, to] of gaps.toSorted(([a], [b]) => a - b)) if (from <= next && to >= next) next = to + 1;
  return next > last;
}

import { createHash, type KeyObject } from 'node:crypto';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { bytes32Schema, epochSchema, idSchema, signatureSchema } from '../../shared/ids.ts';
import {
  actionText,
  type CollectorKey,
  collectorKeySchema,
  type DayRoot,
  dayRootSchema,
  headText,
  type Manifest,
} from '../../shared/pack.ts';
import { problemsOf } from '../../shared/problems.ts';
import { DAY } from '../../shared/time.ts';
import { type Tombstone, tombstoneSchema, tombstoneText } from '../../shared/tombstone.ts';
import { publicKeyOf } from '../ingest/verify.ts';
import { type Merkle, newMerkle } from './merkle.ts';
import { isSignedBy } from './signatures.ts';
import type { Checked, Findings } from './verdict.ts';

/** What the tables tell that evidence and days are checked against. */
export interface Known {
  readonly scope: Manifest['scope'];
  readonly keys: CollectorKey[];
  readonly days: DayRoot[];
  readonly endpoints: Map<string, KeyObject>;
  /** By endpoint and epoch: ranges that the ledger explains. */
  readonly gaps: Map<string, (readonly [number, number])[]>;
  /** By endpoint and epoch: which purged batches tombstones stand for. */
  readonly tombstones: Map<string, NonNullable<Tombstone['evidence']>[]>;
  /** The same of batches whose seals stayed when what they said was erased. */
  readonly erased: Map<string, NonNullable<Tombstone['evidence']>[]>;
  /** Through which row of the action log a tombstone stands for it, and the hash of that row. */
  actionsPurged: NonNullable<Tombstone['actions']>;
  /** Days whose rows of the action log a tombstone stands for. */
  readonly purgedDays: string[];
  /** By endpoint: where days saw its spools stand, by epoch and number. */
  readonly heads: Map<string, Map<string, { readonly head: string; readonly day: string }>>;
  /** By day: the tree of that day's rows as they are in the pack. */
  readonly actionTrees: Map<string, Merkle>;
  readonly headTrees: Map<string, Merkle>;
  /** By path of the CSV that its table asks for: its hash and its rows. */
  readonly csv: Map<string, string>;
  readonly rows: Map<string, number>;
  /** By endpoint and epoch, as the evidence really is. */
  readonly spools: Map<
    string,
    { readonly batches: number; readonly first: number; readonly last: number; readonly head: string }
  >;
}

export function nothingKnown(scope: Manifest['scope']): Known {
  return {
    ...{ scope, keys: [], days: [], endpoints: new Map(), gaps: new Map(), heads: new Map() },
    ...{ tombstones: new Map(), erased: new Map(), purgedDays: [] },
    actionsPurged: { through: 0, head: '0'.repeat(64) },
    ...{ csv: new Map(), rows: new Map() },
    ...{ actionTrees: new Map(), headTrees: new Map(), spools: new Map() },
  };
}

export interface TableCheck {
  /** Says what is wrong with this row, if anything. */
  readonly row: (row: unknown) => string | undefined;
}

export interface CheckContext {
  readonly known: Known;
  readonly checked: Checked;
  readonly found: Findings;
}

/** Checks of tables that the rest of the pack hangs on; every other table is checked by its bytes and columns. */
export const TABLE_CHECKS: Readonly<Record<string, (context: CheckContext) => TableCheck>> = {
  'collector-keys': ({ known }) => ({
    row: (row) => {
      known.keys.push(parsed(collectorKeySchema, row));
      return undefined;
    },
  }),
  tombstones,
  'day-roots': ({ known, checked }) => ({
    row: (row) => {
      known.days.push(parsed(dayRootSchema, row));
      checked.days += 1;
      return undefined;
    },
  }),
  'day-heads': dayHeads,
  'action-log': actionLog,
  coverage,
  endpoints: ({ known, checked }) => ({
    row: (row) => {
      const { id, publicKey } = parsed(endpointSchema, row);
      if (known.endpoints.has(id)) return 'an endpoint is there twice';
      known.endpoints.set(id, publicKeyOf(publicKey));
      checked.endpoints += 1;
      return undefined;
    },
  }),
  gaps: ({ known }) => ({
    row: (row) => {
      const { endpoint, epoch, first, last } = parsed(gapSchema, row);
      const key = `${endpoint} ${epoch}`;
      known.gaps.set(key, [...(known.gaps.get(key) ?? []), [first, last]]);
      return undefined;
    },
  }),
  spools: ({ known }) => {
    return {
      row: (row) => {
        const { endpoint, epoch, ...says } = parsed(spoolSchema, row);
        const really = known.spools.get(`${endpoint} ${epoch}`);
        const same =
          really?.batches === says.batches &&
          really.first === says.first &&
          really.last === says.last &&
          really.head === says.head;
        return same ? undefined : `the evidence of spool ${epoch} of ${endpoint} is not what this row says`;
      },
    };
  },
};

const number = z.int().check(z.minimum(0));
const endpointSchema = z.looseObject({ id: idSchema, publicKey: bytes32Schema });
const gapSchema = z.looseObject({ endpoint: idSchema, epoch: epochSchema, first: number, last: z.int() });
const spoolSchema = z.strictObject({
  endpoint: idSchema,
  epoch: epochSchema,
  batches: number,
  first: number,
  last: number,
  head: bytes32Schema,
});

const tombstoneRowSchema = z.looseObject({
  body: z.string(),
  publicKey: bytes32Schema,
  signature: signatureSchema,
});

function tombstones({ known }: CheckContext): TableCheck {
  return {
    row: (row) => {
      const { body, publicKey, signature } = parsed(tombstoneRowSchema, row);
      const { evidence, actions, cause } = parsed(tombstoneSchema, JSON.parse(body));
      if (
        !known.keys.some((key) => key.publicKey === publicKey) ||
        !isSignedBy(publicKey, tombstoneText(body), signature)
      )
        return 'it is not what the collector signed';
      if (evidence) {
        const key = `${evidence.endpoint} ${evidence.epoch}`;
        const stands = cause === 'erasure' ? known.erased : known.tombstones;
        stands.set(key, [...(stands.get(key) ?? []), evidence]);
      }
      if (actions && actions.through > known.actionsPurged.through) known.actionsPurged = actions;
      return undefined;
    },
  };
}

const headRowSchema = z.strictObject({
  day: z.string(),
  leaf: bytes32Schema,
  endpoint: z.nullable(idSchema),
  epoch: z.nullable(epochSchema),
  acked: z.nullable(number),
  head: z.nullable(bytes32Schema),
  receivedAt: z.nullable(z.string()),
});

function dayHeads({ known }: CheckContext): TableCheck {
  const { from, to } = known.scope;
  return {
    row: (row) => {
      const { day, leaf, endpoint, epoch, acked, head, receivedAt } = parsed(headRowSchema, row);
      treeOf(known.headTrees, day).addHash(leaf);
      if (endpoint === null || epoch === null || acked === null || head === null || receivedAt === null)
        return undefined;
      if (newMerkle().add(headText({ endpoint, epoch, acked, head, receivedAt })) !== leaf)
        return 'what it says is not what its hash was made over';
      if (receivedAt < from || receivedAt >= to) return undefined;
      const heads = known.heads.get(endpoint) ?? new Map<string, { head: string; day: string }>();
      known.heads.set(endpoint, heads.set(`${epoch} ${acked}`, { head, day }));
      return undefined;
    },
  };
}

const said = z.nullable(z.string());
const actionSchema = z.strictObject({
  id: number,
  ...{ at: said, actor: said, source: said, action: said, subject: said, detail: said },
  prev: z.string(),
  hash: z.string(),
});

function actionLog({ known, checked }: CheckContext): TableCheck {
  const days = known.days.values();
  let day = days.next().value;
  let before: { readonly id: number; readonly hash: string } | undefined;
  return {
    row: (row) => {
      const { id, prev, hash, ...content } = parsed(actionSchema, row);
      checked.actions += 1;
      while (day && id > day.actionsThrough) day = days.next().value;
      if (day) treeOf(known.actionTrees, day.day).add(hash);
      const purged = known.actionsPurged;
      const follows = before
        ? prev === before.hash && id > before.id
        : id !== purged.through + 1 || prev === purged.head;
      before = { id, hash };
      if (!follows) return 'it does not follow from the row before it';
      const { at, actor, source, action, subject, detail } = content;
      if (
        at === null ||
        actor === null ||
        source === null ||
        action === null ||
        subject === null ||
        detail === null
      ) {
        checked.hidden += 1;
        return undefined;
      }
      const reckoned = createHash('sha256')
        .update(actionText({ prev, at, actor, source, action, subject, detail }))
        .digest('hex');
      return reckoned === hash ? undefined : 'what it says is not what its hash was made over';
    },
  };
}

const coverageSchema = z.looseObject({
  endpoint: idSchema,
  day: z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/)),
  ...{ due: number, observed: number, resting: number, unobserved: number },
  probes: z.record(z.string(), number),
});

/** The parts of a day add up, and its days are those of the range, each once. */
function coverage({ known }: CheckContext): TableCheck {
  const { from, to } = known.scope;
  const seen = new Map<string, Set<string>>();
  return {
    row: (row) => {
      const { endpoint, day, due, observed, resting, unobserved, probes } = parsed(coverageSchema, row);
      if (!known.endpoints.has(endpoint)) return 'it tells of an endpoint that is not in the pack';
      const days = seen.get(endpoint) ?? new Set();
      if (days.has(day)) return 'this day of this endpoint is there twice';
      seen.set(endpoint, days.add(day));
      if (day < from.slice(0, 10) || `${day}T00:00:00.000Z` >= to) return 'the day is not in the range';
      if (due > DAY) return 'more was due than a day has';
      if (observed + resting + unobserved !== due) return 'its parts do not add up to what was due';
      const more = Object.entries(probes).find(([, worked]) => worked > observed);
      return more && `its probe ${more[0]} worked for longer than anything was observed`;
    },
  };
}

function treeOf(trees: Map<string, Merkle>, day: string): Merkle {
  const tree = trees.get(day) ?? newMerkle();
  trees.set(day, tree);
  return tree;
}

function parsed<S extends z.core.$ZodType>(schema: S, row: unknown): z.infer<S> {
  const result = z.safeParse(schema, row);
  if (!result.success) throw new CodedError('PACK_DAMAGED', { reason: problemsOf(result.error) });
  return result.data;
}

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
  /** By endpoint: where days saw its spools stand, by epoch and number. */
  /** By endpoint and epoch: what tombstones stand for. */
  readonly tombstones: Map<string, NonNullable<Tombstone['evidence']>[]>;
  /** Through which row of the action log a tombstone stands for it. */
  actionsPurged: number;
  readonly heads: Map<string, Map<string, { readonly head: string; readonly day: string }>>;
  /** By day: the tree of that day's rows as they are in the pack. */
  readonly actionTrees: Map<string, Merkle>;
  readonly headTrees: Map<string, Merkle>;
  /** By endpoint and epoch, as the evidence really is. */
  readonly spools: Map<
    string,
    { readonly batches: number; readonly first: number; readonly last: number; readonly head: string }
  >;
}

export function nothingKnown(scope: Manifest['scope']): Known {
  return {
    ...{ scope, keys: [], days: [], endpoints: new Map(), gaps: new Map(), heads: new Map() },
    tombstones: new Map(),
    actionsPurged: 0,
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
      const { evidence, actions } = parsed(tombstoneSchema, JSON.parse(body));
      if (
        !known.keys.some((key) => key.publicKey === publicKey) ||
        !isSignedBy(publicKey, tombstoneText(body), signature)
      )
        return 'it is not what the collector signed';
      if (evidence) {
        const key = `${evidence.endpoint} ${evidence.epoch}`;
        known.tombstones.set(key, [...(known.tombstones.get(key) ?? []), evidence]);
      }
      if (actions) known.actionsPurged = Math.max(known.actionsPurged, actions.through);
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
      const follows = before ? prev === before.hash && id > before.id : id !== 1 || prev === '0'.repeat(64);
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

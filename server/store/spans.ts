import type { Fact, FactOf } from '../../shared/facts.ts';
import { factKey } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';
import { clonedEpochs } from './cloned-epochs.ts';
import type { Cursor } from './evidence.ts';
import { prepared } from './prepared.ts';
import type { Db, Trx } from './store.ts';

/** Whose span it is; the contractor is the one the endpoint belonged to at that moment. */
export interface Owner {
  readonly endpoint: string;
  readonly contractor: string;
}

export interface NewSpan extends Owner {
  readonly fact: Fact;
  /** The fact's key, where it is known already. */
  readonly key?: string;
  readonly source: 'agent' | 'collector';
  readonly from: Instant;
  /** Null while it goes on. */
  readonly to: Instant | null;
  /** When the collector learned of it, where that is neither `from` nor `to`. */
  readonly knownAt?: Instant;
  /** For what an agent said: its own time, and where it stands in the evidence. */
  readonly claim?: { readonly at: Instant; readonly epoch: string; readonly seq: number };
}

const insert = prepared((db) =>
  db.insertInto('spans').values({
    endpoint: '',
    contractor: '',
    kind: '',
    key: '',
    source: '',
    from: '',
    to: '',
    from_raw: '',
    epoch: '',
    seq: 0,
    fact: '',
    known_at: '',
  }),
);

/** Adds a span and returns its id. */
export function insertSpan(trx: Trx, span: NewSpan): number {
  const { fact, claim } = span;
  const { insertId } = insert.run(trx, [
    span.endpoint,
    span.contractor,
    fact.kind,
    span.key ?? factKey(fact),
    span.source,
    span.from,
    span.to,
    claim?.at ?? null,
    claim?.epoch ?? null,
    claim?.seq ?? null,
    JSON.stringify(fact),
    span.knownAt ?? span.to,
  ]);
  return insertId;
}

const selectOpen = prepared((db) =>
  db
    .selectFrom('spans')
    .select(['id', 'from'])
    .where('endpoint', '=', '')
    .where('key', '=', '')
    .where('to', 'is', null),
);

const end = prepared((db) => db.updateTable('spans').set({ to: '', end_known_at: '' }).where('id', '=', 0));

/** When something ended, and when the collector learned of it, where that was later. */
export interface End {
  readonly at: Instant;
  readonly knownAt?: Instant;
}

/** Ends the open span of a thing, not before it began. Nothing happens when none is open, as most often when something begins. */
export function endSpan(
  trx: Trx,
  endpoint: string,
  { key, at, knownAt }: End & { readonly key: string },
): void {
  for (const open of selectOpen.all(trx, [endpoint, key])) {
    const from = String(open['from']);
    end.run(trx, [from < at ? at : from, knownAt ?? null, open['id']]);
  }
}

/** Ends a connection's presence and keeps why it ended. */
export async function endPresence(
  trx: Trx,
  endpoint: string,
  { fact, at }: { readonly fact: FactOf<'presence'>; readonly at: Instant },
): Promise<void> {
  const key = factKey(fact);
  await trx
    .updateTable('spans')
    .set({ fact: JSON.stringify(fact) })
    .where('endpoint', '=', endpoint)
    .where('key', '=', key)
    .where('to', 'is', null)
    .execute();
  endSpan(trx, endpoint, { key, at });
}

/** Ends what an endpoint claimed in spools before `epoch`: a new spool says anew what is true, except for what a clone said. */
export async function endClaimsBefore(
  db: Db,
  { endpoint, epoch }: Pick<Cursor, 'endpoint' | 'epoch'>,
  { at, knownAt = at }: End,
): Promise<void> {
  await db
    .updateTable('spans')
    .set((eb) => ({
      to: eb.case().when('from', '<', at).then(at).else(eb.ref('from')).end(),
      end_known_at: knownAt,
    }))
    .where('endpoint', '=', endpoint)
    .where('source', '=', 'agent')
    .where('epoch', '!=', epoch)
    .where('epoch', 'not in', clonedEpochs(db, endpoint))
    .where('to', 'is', null)
    .execute();
}

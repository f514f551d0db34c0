import { sql } from 'kysely';
import type { FactOf } from '../../shared/facts.ts';
import { placeOfEgress } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { insertSpan, type Owner } from './spans.ts';
import type { Db, Trx } from './store.ts';

type Egress = FactOf<'egress'>;

/** A stay that ended this short a time ago goes on when the endpoint comes back from the same address. */
interface Arrival {
  readonly egress: Egress;
  readonly at: Instant;
  /** Stays that ended before this moment are over for good. */
  readonly resumeSince: Instant;
}

/** Opens an endpoint's stay at a public address, or takes up the one that a short absence interrupted. */
export async function arriveAt(trx: Trx, owner: Owner, { egress, at, resumeSince }: Arrival): Promise<void> {
  const fact = JSON.stringify(egress);
  const last = await trx
    .selectFrom('spans')
    .select(['id', 'fact', 'to'])
    .where('endpoint', '=', owner.endpoint)
    // As the index `latest_state` has it.
    .where('kind', '=', sql.lit('egress'))
    .where(sql<boolean>`kind in ('egress', 'platform', 'agent')`)
    .where('contractor', '=', owner.contractor)
    .orderBy(sql`"to" is null`, 'desc')
    .orderBy('from', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last && last.fact === fact && last.to !== null && last.to >= resumeSince) {
    await setEnd(trx, last.id, null);
    return;
  }
  const span = insertSpan(trx, { ...owner, fact: egress, source: 'collector', from: at, to: null });
  const place = placeOfEgress(egress.ip);
  if (place === undefined) return;
  await trx
    .insertInto('visits')
    .values({
      span,
      place,
      contractor: owner.contractor,
      endpoint: owner.endpoint,
      from: at,
      to: null,
      network_class: egress.networkClass,
    })
    .execute();
}

/** Ends the stays of an endpoint and says at which places they were. */
export async function leavePlaces(db: Db, endpoint: string, at: Instant): Promise<readonly string[]> {
  const open = await db
    .selectFrom('spans')
    .leftJoin('visits', 'visits.span', 'spans.id')
    .select(['spans.id', 'spans.from', 'visits.place'])
    .where('spans.endpoint', '=', endpoint)
    .where('spans.kind', '=', 'egress')
    .where('spans.to', 'is', null)
    .execute();
  for (const stay of open) await setEnd(db, stay.id, at < stay.from ? stay.from : at);
  return open.flatMap(({ place }) => (place === null ? [] : [place]));
}

async function setEnd(db: Db, span: number, to: Instant | null): Promise<void> {
  await db.updateTable('spans').set({ to }).where('id', '=', span).execute();
  await db.updateTable('visits').set({ to }).where('span', '=', span).execute();
}

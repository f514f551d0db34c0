import { type ExpressionBuilder, type Selectable, sql } from 'kysely';
import { type FactOf, NETWORK_CLASSES } from '../../shared/facts.ts';
import { placeOfEgress, placesOf } from '../../shared/place.ts';
import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import type { Visit } from '../detect/timeline.ts';
import { prepared } from './prepared.ts';
import type { Tables } from './schema.ts';
import { insertSpan, type NewSpan, type Owner } from './spans.ts';
import type { Db, Trx } from './store.ts';

type Egress = FactOf<'egress'>;

/** A stay that ended this short a time ago goes on when the endpoint comes back from the same address. */
interface Arrival {
  readonly egress: Egress;
  readonly at: Instant;
  /** Stays that ended before this moment are over for good. */
  readonly resumeSince: Instant;
}

/** Opens an endpoint's stay at a public address, or takes up the one that a short absence interrupted. Gives the place, if it is one. */
export async function arriveAt(
  trx: Trx,
  owner: Owner,
  { egress, at, resumeSince }: Arrival,
): Promise<string | undefined> {
  const place = placeOfEgress(egress.ip);
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
    return place;
  }
  const span = insertSpan(trx, { ...owner, fact: egress, source: 'collector', from: at, to: null });
  if (place !== undefined)
    insert.run(trx, [span, place, owner.contractor, owner.endpoint, at, null, egress.networkClass]);
  return place;
}

/** Whether an endpoint's open stay is this one. */
export async function isAt(db: Db, endpoint: string, egress: Egress): Promise<boolean> {
  const open = await db
    .selectFrom('spans')
    .select('fact')
    .where('endpoint', '=', endpoint)
    .where('kind', '=', 'egress')
    .where('to', 'is', null)
    .execute();
  return open.length === 1 && open[0]?.fact === JSON.stringify(egress);
}

const insert = prepared((db) =>
  db.insertInto('visits').values({
    span: 0,
    place: '',
    contractor: '',
    endpoint: '',
    from: '',
    to: '',
    network_class: '',
  }),
);

/** Adds the stays that a new span of an agent tells of, and says where. */
export function insertVisits(trx: Trx, span: number, told: NewSpan): readonly string[] {
  const places = placesOf(told.fact);
  const { contractor, endpoint, from, to } = told;
  for (const place of places) insert.run(trx, [span, place, contractor, endpoint, from, to, 'unknown']);
  return places;
}

const follow = prepared((db) =>
  db
    .updateTable('visits')
    .set((eb) => ({ to: endOfSpan(eb) }))
    .where('endpoint', '=', '')
    .where('to', 'is', null)
    .where((eb) => eb(endOfSpan(eb), 'is not', null))
    .returning('place'),
);

function endOfSpan(eb: ExpressionBuilder<Tables, 'visits'>) {
  return eb.selectFrom('spans').select('spans.to').whereRef('spans.id', '=', 'visits.span').$asScalar();
}

/** Ends the open stays of an endpoint whose spans have ended, by whatever way, and says where they were. */
export function endVisits(trx: Trx, endpoint: string): readonly string[] {
  return follow.all(trx, [endpoint]).map(({ place }) => String(place));
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

/** An endpoint of which nothing was heard for so long has left, whatever it said last. What it tells later says more. */
const SILENCE_MS = DAY;

/** Stays that go on at a place, as far as is known: nobody says that a machine was switched off for good. */
export async function openVisits(
  db: Db,
  place: string,
  { now, most }: { readonly now: Instant; readonly most: number },
): Promise<readonly Visit[]> {
  const rows = await db
    .selectFrom('visits')
    .leftJoin('endpoints', 'endpoints.id', 'visits.endpoint')
    .selectAll('visits')
    .select('endpoints.last_seen_at')
    .where('place', '=', place)
    .where('to', 'is', null)
    .orderBy('from', 'desc')
    .limit(most)
    .execute();
  const silent = instant(millis(now) - SILENCE_MS);
  return rows.map(({ last_seen_at: seen, ...row }) => {
    if (seen === null || seen >= silent) return visitOf(row);
    return visitOf({ ...row, to: later(seen, row.from) });
  });
}

function later(a: Instant, b: Instant): Instant {
  if (a > b) return a;
  return b;
}

/** The latest stays at a place, newest first. */
export async function staysAt(
  db: Db,
  place: string,
  { now, most }: { readonly now: Instant; readonly most: number },
): Promise<readonly Visit[]> {
  const rows = await db
    .selectFrom('visits')
    .selectAll()
    .where('place', '=', place)
    .where('to', 'is not', null)
    .orderBy('from', 'desc')
    .orderBy('span', 'desc')
    .limit(most)
    .execute();
  const open = await openVisits(db, place, { now, most });
  return [...open, ...rows.map(visitOf)].toSorted(newestFirst).slice(0, most);
}

function newestFirst(a: Visit, b: Visit): number {
  if (a.from !== b.from) return a.from < b.from ? 1 : -1;
  return Number(b.span) - Number(a.span);
}

/** A row as rules see it. */
export function visitOf(row: Selectable<Tables['visits']>): Visit {
  const { contractor, endpoint, from, to } = row;
  const networkClass = NETWORK_CLASSES.find((known) => known === row.network_class) ?? 'unknown';
  const visit = { span: String(row.span), contractor, endpoint, from, networkClass };
  return to === null ? visit : { ...visit, to };
}

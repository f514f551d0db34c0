import { sql } from 'kysely';
import type { EndpointGaps, GapsPage, GapsQuery, LedgerRow, Surroundings } from '../../shared/api.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Instant } from '../../shared/time.ts';
import { cursorOf, positionOf } from './page-cursor.ts';
import { spanView } from './span-views.ts';
import type { Db } from './store.ts';

const PAGE = 50;
const PAGE_WITH_SURROUNDINGS = 20;
const OPEN_SHOWN = 20;
/** So many spans are looked at: more would make a page cost what a whole history does. */
const LOOKED_AT = 2_000;

/** One page of the ledger of all endpoints. Throws REQUEST_INVALID for a cursor that is none. */
export async function gapsPage(db: Db, query: GapsQuery, endpoint?: string): Promise<GapsPage> {
  const limit = query.limit ?? PAGE;
  let select = db
    .selectFrom('gaps')
    .innerJoin('endpoints', 'endpoints.id', 'gaps.endpoint')
    .select([
      'gaps.id',
      'gaps.endpoint',
      'endpoints.contractor',
      'gaps.epoch',
      'gaps.first',
      'gaps.last',
      'gaps.cause',
      'gaps.at',
      'gaps.detail',
    ]);
  if (endpoint !== undefined) select = select.where('gaps.endpoint', '=', endpoint);
  if (query.cause) select = select.where('gaps.cause', '=', query.cause);
  if (query.cursor) {
    const { updatedAt, id } = positionOf(query.cursor);
    select = select.where((eb) =>
      eb(eb.refTuple('gaps.at', 'gaps.id'), '<', eb.tuple(updatedAt, numberOf(id))),
    );
  }
  const rows = await select
    .orderBy('gaps.at', 'desc')
    .orderBy('gaps.id', 'desc')
    .limit(limit + 1)
    .execute();
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    gaps: shown.map(ledgerRow),
    next: last ? cursorOf({ updated_at: last.at, id: String(last.id) }) : null,
  };
}

/** One page of an endpoint's ledger, with what was happening around each hole. Throws NOT_FOUND. */
export async function endpointGaps(
  db: Db,
  endpoint: string,
  query: Omit<GapsQuery, 'cause'>,
): Promise<EndpointGaps> {
  const known = await db.selectFrom('endpoints').select('id').where('id', '=', endpoint).executeTakeFirst();
  if (!known) throw new CodedError('NOT_FOUND', { endpoint });
  const page = await gapsPage(db, { ...query, limit: query.limit ?? PAGE_WITH_SURROUNDINGS }, endpoint);
  const gaps = [];
  for (const gap of page.gaps) gaps.push({ gap, around: await surroundings(db, endpoint, gap.at) });
  return { gaps, next: page.next };
}

async function surroundings(db: Db, endpoint: string, at: Instant): Promise<Surroundings> {
  const of = (kind: 'presence' | 'agent') =>
    db
      .selectFrom('spans')
      .selectAll()
      .where('endpoint', '=', endpoint)
      .where('kind', '=', sql.lit(kind))
      // As the index `spans_around_gaps` has it.
      .where(sql<boolean>`kind in ('presence', 'agent', 'gap')`);
  const before = (kind: 'presence' | 'agent') =>
    of(kind).where('from', '<=', at).orderBy('from', 'desc').orderBy('id', 'desc').executeTakeFirst();
  const after = (kind: 'presence' | 'agent') =>
    of(kind).where('from', '>', at).orderBy('from').orderBy('id').executeTakeFirst();
  const [presenceBefore, presenceAfter] = [await before('presence'), await after('presence')];
  return {
    open: (await trueAt(db, endpoint, at)).map(spanView),
    before: presenceBefore ? spanView(presenceBefore) : null,
    after: presenceAfter ? spanView(presenceAfter) : null,
    bootBefore: bootOf(await before('agent')),
    bootAfter: bootOf(await after('agent')),
  };
}

/** What was true of an endpoint at a moment, the latest first: what is still open, and what ended since. */
async function trueAt(db: Db, endpoint: string, at: Instant) {
  const begun = db.selectFrom('spans').selectAll().where('endpoint', '=', endpoint).where('from', '<=', at);
  const owner = db.selectFrom('endpoints').select('contractor').where('id', '=', endpoint);
  const open = await begun.where('to', 'is', null).limit(LOOKED_AT).execute();
  const ended = await begun
    .where('contractor', '=', owner)
    .where('to', '>=', at)
    .orderBy('to')
    .limit(LOOKED_AT)
    .execute();
  return [...open, ...ended]
    .filter(({ kind, from, to }) => !BESIDE.has(kind) && (to === null || to > at || (to === at && from < at)))
    .toSorted((a, b) => (a.from === b.from ? b.id - a.id : a.from < b.from ? 1 : -1))
    .slice(0, OPEN_SHOWN);
}

/** Shown by themselves. */
const BESIDE: ReadonlySet<string> = new Set(['gap', 'presence', 'agent']);

function bootOf(row: { readonly fact: string } | undefined): string | null {
  return row ? JSON.parse(row.fact).boot : null;
}

function ledgerRow({
  detail,
  ...row
}: Omit<LedgerRow, 'missing'> & { readonly detail: string | null }): LedgerRow {
  const {
    count,
    ...more
  }: Pick<LedgerRow, 'boots' | 'addresses' | 'stepMs' | 'kinds'> & { readonly count?: number } =
    detail === null ? {} : JSON.parse(detail);
  return { ...row, missing: count ?? Math.max(0, row.last - row.first + 1), ...more };
}

function numberOf(id: string): number {
  const number = Number(id);
  if (!Number.isSafeInteger(number))
    throw new CodedError('REQUEST_INVALID', { reason: 'cursor: not one of ours' });
  return number;
}

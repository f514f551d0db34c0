import type { Selectable } from 'kysely';
import type { SpanView } from '../../shared/api.ts';
import { CodedError } from '../../shared/errors.ts';
import { type Fact, isFactKind } from '../../shared/facts.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';

/** A stored span as the API shows it. */
export function spanView(row: Selectable<Tables['spans']>): SpanView {
  const { id, endpoint, contractor, kind, from, to, from_raw, epoch, seq } = row;
  if (!isFactKind(kind)) throw new CodedError('INTERNAL', { reason: 'unknown kind of fact', kind });
  const fact: Fact = JSON.parse(row.fact);
  return {
    id: String(id),
    endpoint,
    contractor,
    kind,
    source: row.source === 'collector' ? 'collector' : 'agent',
    from,
    to,
    ...(from_raw === null ? {} : { fromRaw: from_raw }),
    ...(epoch === null || seq === null ? {} : { evidence: { epoch, seq } }),
    fact,
  };
}

/** A contractor's spans, the latest by their beginning first: what is open on their endpoints, and what ended last. */
export async function latestSpans(
  db: Db,
  { contractor, endpoints }: { readonly contractor: string; readonly endpoints: readonly string[] },
  most: number,
): Promise<SpanView[]> {
  const spans = db.selectFrom('spans').selectAll().where('contractor', '=', contractor);
  const open = await spans.where('endpoint', 'in', endpoints).where('to', 'is', null).execute();
  const ended = await spans.where('to', 'is not', null).orderBy('to', 'desc').limit(most).execute();
  return [...open, ...ended].toSorted(newestFirst).slice(0, most).map(spanView);
}

export function newestFirst(a: Started, b: Started): number {
  if (a.from === b.from) return b.id - a.id;
  return a.from < b.from ? 1 : -1;
}

type Started = Pick<Selectable<Tables['spans']>, 'from' | 'id'>;

const MOST_SPANS_OF_A_FINDING = 500;

/** The spans with these ids, oldest first; ids that are not (or no longer) there are left out. */
export async function spansById(db: Db, ids: readonly string[]): Promise<SpanView[]> {
  const numbers = ids.map(Number).filter(Number.isSafeInteger).slice(0, MOST_SPANS_OF_A_FINDING);
  if (numbers.length === 0) return [];
  const rows = await db
    .selectFrom('spans')
    .selectAll()
    .where('id', 'in', numbers)
    .orderBy('from')
    .orderBy('id')
    .execute();
  return rows.map(spanView);
}

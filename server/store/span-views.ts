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

import { type Selectable, sql } from 'kysely';
import type { AsOf } from '../../shared/api/as-of.ts';
import type { SpanView } from '../../shared/api.ts';
import type { Instant } from '../../shared/time.ts';
import { declarationAt } from './declaration-versions.ts';
import { findingsAt } from './finding-versions.ts';
import type { Tables } from './schema.ts';
import { newestFirst, spanView } from './span-views.ts';
import type { Db } from './store.ts';

const LATEST = 200;

/** What was known of a contractor at a moment; undefined for nobody we know. */
export async function asOf(db: Db, contractor: string, at: Instant): Promise<AsOf | undefined> {
  const known = await db
    .selectFrom('contractors')
    .select('id')
    .where('id', '=', contractor)
    .executeTakeFirst();
  if (!known) return undefined;
  const note = await missing(db, contractor, at);
  return {
    at,
    declaration: await declarationAt(db, contractor, at),
    findings: await findingsAt(db, contractor, at),
    spans: await spansKnownAt(db, contractor, at),
    complete: note === undefined,
    ...(note === undefined ? {} : { note }),
  };
}

/** Why what is shown is less than what was known. */
async function missing(db: Db, contractor: string, at: Instant): Promise<string | undefined> {
  const gone = await db
    .selectFrom('tombstones')
    .select(['class', 'at'])
    .where('class', 'in', ['spans', 'findings', 'declarations', 'erasure'])
    .where((eb) => eb.or([eb('contractor', '=', contractor), eb('contractor', 'is', null)]))
    .where('until', '>=', at)
    .orderBy(sql`class = 'erasure'`, 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (gone?.class === 'erasure')
    return `What was held about this contractor was erased on ${dayOf(gone.at)}.`;
  if (gone)
    return `Some ${gone.class} from then were purged on ${dayOf(gone.at)}; a signed tombstone says how many.`;
  const began = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'history-from')
    .executeTakeFirst();
  if (began && at < began.value)
    return `History is kept since ${dayOf(began.value)}; what changed before then is known only as it stood on that day.`;
  return undefined;
}

function dayOf(at: Instant): string {
  return at.slice(0, 10);
}

const KNOWN = sql<string>`coalesce(known_at, "from")`;

/** In three parts, each along an index: what had ended by then, what ended since, and what goes on. */
async function spansKnownAt(db: Db, contractor: string, at: Instant): Promise<SpanView[]> {
  const spans = db
    .selectFrom('spans')
    .selectAll()
    .where('contractor', '=', contractor)
    .where(KNOWN, '<=', at);
  const before = await spans.where('to', '<=', at).orderBy('to', 'desc').limit(LATEST).execute();
  const since = await spans.where('to', '>', at).orderBy('from', 'desc').limit(LATEST).execute();
  const open = await spans
    .where('endpoint', 'in', db.selectFrom('endpoints').select('id').where('contractor', '=', contractor))
    .where('to', 'is', null)
    .orderBy('from', 'desc')
    .limit(LATEST)
    .execute();
  return [...before, ...since, ...open]
    .toSorted(newestFirst)
    .slice(0, LATEST)
    .map((row) => spanView(asKnown(row, at)));
}

type Row = Selectable<Tables['spans']>;

/** Without the end, where nobody knew of it yet; then a connection did not have its reason either. */
function asKnown(row: Row, at: Instant): Row {
  if (row.to === null) return row;
  if ((row.end_known_at ?? row.to) <= at) return row;
  if (row.kind !== 'presence') return { ...row, to: null };
  const { reason: _, ...fact } = JSON.parse(row.fact);
  return { ...row, to: null, fact: JSON.stringify(fact) };
}

import { sql } from 'kysely';
import type { Instant } from '../../shared/time.ts';
import { isAmong } from './among.ts';
import type { Db } from './store.ts';

/** Whose rows a pack holds; null is everybody. */
export interface PackSubjects {
  readonly contractors: readonly string[] | null;
  readonly endpoints: readonly string[] | null;
  readonly cases: readonly string[] | null;
}

export interface PackRange extends PackSubjects {
  readonly from: Instant;
  readonly to: Instant;
}

/** Contractors, endpoints and cases that a request names, as ids that exist; `unknown` are those that do not. */
export async function subjectsNamed(
  db: Db,
  asked: {
    readonly contractors: readonly string[];
    readonly endpoints: readonly string[];
    readonly cases: readonly string[];
  },
): Promise<PackSubjects & { readonly unknown: readonly (readonly [string, string])[] }> {
  const { contractors, endpoints, cases } = asked;
  if (contractors.length + endpoints.length + cases.length === 0)
    return { contractors: null, endpoints: null, cases: null, unknown: [] };
  const known = await db.selectFrom('contractors').select('id').where(isAmong('id', contractors)).execute();
  const named = await db
    .selectFrom('endpoints')
    .select(['id', 'contractor'])
    .where(isAmong('id', endpoints))
    .execute();
  const opened = await db.selectFrom('cases').select('id').where(isAmong('id', cases)).execute();
  const joined = await db
    .selectFrom('case_contractors')
    .select('contractor')
    .where(isAmong('case', cases))
    .execute();
  const whole = [...new Set([...known.map(({ id }) => id), ...joined.map(({ contractor }) => contractor)])];
  const theirs = await db.selectFrom('endpoints').select('id').where(isAmong('contractor', whole)).execute();
  const owners = named.map(({ contractor }) => contractor);
  const everybody = [...new Set([...whole, ...owners])].toSorted();
  const about = await db
    .selectFrom('case_contractors')
    .select('case')
    .distinct()
    .where(isAmong('contractor', everybody))
    .execute();
  return {
    contractors: everybody,
    endpoints: [...new Set([...theirs, ...named].map(({ id }) => id))].toSorted(),
    cases: cases.length > 0 ? [...cases].toSorted() : about.map((row) => row.case).toSorted(),
    unknown: [
      ...missing('contractor', contractors, known),
      ...missing('endpoint', endpoints, named),
      ...missing('case', cases, opened),
    ],
  };
}

function missing(noun: string, asked: readonly string[], found: readonly { readonly id: string }[]) {
  return asked.filter((id) => !found.some((row) => row.id === id)).map((id) => [noun, id] as const);
}

/** Whether anything was received, judged or done in it. */
export async function hasAnything(db: Db, { from, to, contractors, endpoints }: PackRange): Promise<boolean> {
  const batch = await db
    .selectFrom('batches')
    .select('id')
    .where(isAmong('endpoint', endpoints))
    .where('received_at', '>=', from)
    .where('received_at', '<', to)
    .limit(1)
    .executeTakeFirst();
  if (batch) return true;
  const span = await db
    .selectFrom('spans')
    .select('id')
    .where(isAmong('contractor', contractors))
    .where('from', '<', to)
    .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from)]))
    .limit(1)
    .executeTakeFirst();
  return span !== undefined;
}

/** What a redacted pack must not name: labels, hosts and accounts of whom it tells. */
export async function namesIn(db: Db, { contractors, endpoints }: PackSubjects): Promise<readonly string[]> {
  const labels = await db
    .selectFrom('contractors')
    .select('label as name')
    .where(isAmong('id', contractors))
    .execute();
  const hosts = await db
    .selectFrom('endpoints')
    .select('hostname as name')
    .where(isAmong('id', endpoints))
    .execute();
  const accounts = await db
    .selectFrom('spans')
    .select([
      sql<string | null>`json_extract(fact, '$.user')`.as('name'),
      sql<string | null>`json_extract(fact, '$.clientName')`.as('client'),
    ])
    .distinct()
    .where('kind', '=', 'session')
    .where(isAmong('contractor', contractors))
    .execute();
  const all = [...labels, ...hosts, ...accounts, ...accounts.map(({ client }) => ({ name: client }))];
  return [...new Set(all.flatMap(({ name }) => name ?? []))];
}

import type { Finding } from '../../shared/finding.ts';
import {
  type Doer,
  type Step,
  type Triage,
  type TriageChange,
  type TriageResult,
  triaged,
  UNTOUCHED,
} from '../../shared/triage.ts';
import { among } from './among.ts';
import { prepared } from './prepared.ts';
import type { Db, Trx } from './store.ts';

export type About = 'finding' | 'case';

/** Everything that was done to a finding or a case, in order. */
export async function historyOf(db: Db, about: About, subject: string): Promise<Step[]> {
  const rows = await db
    .selectFrom('triage_steps')
    .select('body')
    .where('about', '=', about)
    .where('subject', '=', subject)
    .orderBy('version')
    .execute();
  return rows.map(({ body }): Step => JSON.parse(body));
}

export interface Standing {
  readonly finding: Finding;
  readonly triage: Triage;
  readonly risk: number;
}

/** How the work on these findings stands; who is unknown is left out. */
export async function standingOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
  const rows = await db
    .selectFrom('findings')
    .select(['id', 'body', 'triage', 'risk'])
    .where('id', 'in', among(ids))
    .execute();
  return new Map(rows.map((row) => [row.id, standingIn(row)]));
}

export function standingIn(row: {
  readonly body: string;
  readonly triage: string | null;
  readonly risk: number;
}): Standing {
  return { finding: JSON.parse(row.body), triage: triageIn(row.triage), risk: row.risk };
}

export function triageIn(text: string | null): Triage {
  return text === null ? UNTOUCHED : JSON.parse(text);
}

/** Of these findings those that are resolved, in one hot statement. */
export function resolvedAmong(trx: Trx, ids: readonly string[]): ReadonlyMap<string, Standing> {
  const rows = resolvedFindings.all(trx, [JSON.stringify(ids), 'resolved']);
  return new Map(
    rows.map(({ id, body, triage, risk }) => [
      String(id),
      standingIn({ body: String(body), triage: String(triage), risk: Number(risk) }),
    ]),
  );
}

const resolvedFindings = prepared((db) =>
  db
    .selectFrom('findings')
    .select(['id', 'body', 'triage', 'risk'])
    .where('id', 'in', among<string>([]))
    .where('status', '=', ''),
);

export interface Work {
  readonly about: About;
  readonly subject: string;
  readonly before: Triage;
}

/** Applies a change and keeps its step. Only inside the transaction that read `before`. */
export async function keepWork(
  db: Db,
  work: Work,
  { change, doer }: { readonly change: TriageChange; readonly doer: Doer },
): Promise<TriageResult> {
  const { about, subject, before } = work;
  const result = triaged(before, change, doer);
  if (result.did !== 'something') return result;
  const { triage, step } = result;
  await db
    .insertInto('triage_steps')
    .values({ about, subject, version: step.version, body: JSON.stringify(step) })
    .execute();
  const stored = JSON.stringify(triage);
  if (about === 'case')
    await db.updateTable('cases').set({ triage: stored }).where('id', '=', subject).execute();
  else
    await db
      .updateTable('findings')
      .set({ status: triage.status, assignee: triage.assignee, triage: stored })
      .where('id', '=', subject)
      .execute();
  return result;
}

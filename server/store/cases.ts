import { sql } from 'kysely';
import type { CasesQuery } from '../../shared/api.ts';
import type { Case } from '../../shared/case.ts';
import type { Finding } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { EXPLAINED, type Triage } from '../../shared/triage.ts';
import { among } from './among.ts';
import { appendFeed } from './feed.ts';
import { pageOf, positionOf } from './page-cursor.ts';
import { prepared } from './prepared.ts';
import type { Db, Trx } from './store.ts';
import { triageIn } from './triage.ts';

/** All that bears on the cases of some contractors. */
export interface Docket {
  /** Open findings of these contractors and of everybody whom findings or cases join with them. */
  readonly findings: readonly Finding[];
  readonly cases: readonly Case[];
  /** Findings that closed cases decided on, and those that were found to be harmless by themselves. */
  readonly settled: ReadonlySet<string>;
  /** Open findings that weigh on nobody any more. */
  readonly explained: ReadonlySet<string>;
  /** False where too many are joined: then a finding that is not here may still hold a case up. */
  readonly whole: boolean;
}

/** Whoever shares an airport's address with everybody else must not pull the whole fleet into one transaction. */
const MOST_JOINED = 300;

/** Follows findings and cases from contractor to contractor until nobody new turns up. */
export async function docketOf(db: Db, contractors: readonly string[]): Promise<Docket> {
  const known = new Set(contractors);
  const findings = new Map<string, Finding>();
  const cases = new Map<string, Case>();
  let frontier = [...known];
  while (frontier.length > 0 && known.size <= MOST_JOINED) {
    for (const finding of await openFindingsOf(db, frontier)) findings.set(finding.id, finding);
    for (const each of await casesOf(db, frontier)) cases.set(each.id, each);
    const named = [...findings.values(), ...cases.values()].flatMap((each) => each.contractors);
    frontier = [...new Set(named)].filter((id) => !known.has(id));
    for (const id of frontier) known.add(id);
  }
  return {
    findings: [...findings.values()],
    cases: [...cases.values()],
    ...(await decidedAmong(db, [...findings.keys()], [...cases.values()])),
    whole: frontier.length === 0,
  };
}

/** What came back or got worse after a decision is unsettled again, whoever decided. */
async function decidedAmong(
  db: Db,
  ids: readonly string[],
  cases: readonly Case[],
): Promise<Pick<Docket, 'settled' | 'explained'>> {
  const explained = new Set<string>();
  const settled = new Set(cases.flatMap(({ status, findings }) => (status === 'closed' ? findings : [])));
  const touched = await db
    .selectFrom('findings')
    .select(['id', 'triage'])
    .where('id', 'in', among(ids))
    .where('triage', 'is not', null)
    .execute();
  for (const { id, triage } of touched) {
    const { decision, reopenedAt } = triageIn(triage);
    if (decision !== undefined && EXPLAINED.includes(decision)) {
      settled.add(id);
      explained.add(id);
    } else if (reopenedAt !== undefined) settled.delete(id);
  }
  return { settled, explained };
}

/** Adds or replaces cases and tells the feed of each. Ring `store.feed` after the commit. */
export async function writeCases(trx: Trx, at: Instant, cases: readonly Case[]): Promise<void> {
  for (const each of cases) {
    const { id, status, openedAt, updatedAt } = each;
    const changing = { status, updated_at: updatedAt, body: JSON.stringify(each) };
    await trx
      .insertInto('cases')
      .values({ id, opened_at: openedAt, ...changing })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changing))
      .execute();
    // Cases only gather: nobody and nothing leaves one.
    for (const contractor of each.contractors) gatherContractor.run(trx, [id, contractor]);
    for (const finding of each.findings) gatherFinding.run(trx, [id, finding]);
  }
  await appendFeed(
    trx,
    at,
    cases.map(({ id }) => ({ topic: 'case', ref: id })),
  );
}

const gatherContractor = prepared((db) =>
  db
    .insertInto('case_contractors')
    .values({ case: '', contractor: '' })
    .onConflict((conflict) => conflict.doNothing()),
);
const gatherFinding = prepared((db) =>
  db
    .insertInto('case_findings')
    .values({ case: '', finding: '' })
    .onConflict((conflict) => conflict.doNothing()),
);

export interface Worked {
  readonly case: Case;
  readonly triage: Triage;
}

export async function findCase(db: Db, id: string): Promise<Worked | undefined> {
  const row = await db.selectFrom('cases').select(['body', 'triage']).where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const found = caseOf(row);
  return { case: found, triage: caseTriage(found, row.triage) };
}

/** As a case's own status says, which the detector may change as well. */
function caseTriage({ status }: Pick<Case, 'status'>, stored: string | null): Triage {
  const triage = triageIn(stored);
  if (status === 'closed') return { ...triage, status: 'resolved' };
  return status === 'new' || status === 'investigating' ? { ...triage, status } : triage;
}

/** One page of cases, latest change first. Throws REQUEST_INVALID for a cursor that is none. */
export async function casesPage(db: Db, { status, cursor, limit = PAGE }: CasesQuery) {
  let select = db.selectFrom('cases').select(['id', 'updated_at', 'body', 'triage']);
  if (status !== undefined) select = select.where('status', '=', status);
  if (cursor !== undefined) {
    const { updatedAt, id } = positionOf(cursor);
    select = select.where((eb) => eb(eb.refTuple('updated_at', 'id'), '<', eb.tuple(updatedAt, id)));
  }
  const rows = await select
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1)
    .execute();
  const { shown, next } = pageOf(rows, limit);
  return {
    cases: shown.map((row) => {
      const found = caseOf(row);
      return { ...found, triage: caseTriage(found, row.triage) };
    }),
    next,
  };
}

const PAGE = 50;

/** The case's findings in order of time, whatever became of them. */
export async function findingsOfCase(db: Db, id: string): Promise<readonly Finding[]> {
  const rows = await db
    .selectFrom('findings')
    .innerJoin('case_findings', 'case_findings.finding', 'findings.id')
    .select('body')
    .where('case_findings.case', '=', id)
    .orderBy('from')
    .orderBy('id')
    .execute();
  return rows.map(findingOf);
}

async function openFindingsOf(db: Db, contractors: readonly string[]): Promise<readonly Finding[]> {
  const rows = await db
    .selectFrom('findings')
    .select('body')
    // With a plus, or every open finding of everybody is looked at.
    .where(sql<boolean>`+outcome = 'open'`)
    .where(
      'id',
      'in',
      db.selectFrom('finding_contractors').select('finding').where('contractor', 'in', contractors),
    )
    .execute();
  return rows.map(findingOf);
}

/** The open findings that weigh on these contractors: those that were decided to be explained, or wrong, do not. */
export async function weighingFindingsOf(
  db: Db,
  contractors: readonly string[],
): Promise<readonly Finding[]> {
  const open = await openFindingsOf(db, contractors);
  const { explained } = await decidedAmong(
    db,
    open.map(({ id }) => id),
    [],
  );
  return open.filter(({ id }) => !explained.has(id));
}

async function casesOf(db: Db, contractors: readonly string[]): Promise<readonly Case[]> {
  const rows = await db
    .selectFrom('cases')
    .select('body')
    .where(
      'id',
      'in',
      db.selectFrom('case_contractors').select('case').where('contractor', 'in', contractors),
    )
    .execute();
  return rows.map(caseOf);
}

function findingOf({ body }: { readonly body: string }): Finding {
  return JSON.parse(body);
}

function caseOf({ body }: { readonly body: string }): Case {
  return JSON.parse(body);
}

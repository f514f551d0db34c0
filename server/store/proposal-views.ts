import { sql } from 'kysely';
import type { ProposalDetail, ProposalsPage, ProposalsQuery } from '../../shared/api/proposals.ts';
import type { Finding } from '../../shared/finding.ts';
import type { Proposal } from '../../shared/proposal.ts';
import { listCursor, listPosition } from './list-cursor.ts';
import { findProposal, proposals } from './proposals.ts';
import type { Db } from './store.ts';

const PAGE = 50;
const MOST_FINDINGS = 200;

/** One page, latest request first, each with how many findings it makes expected now. Throws REQUEST_INVALID for a cursor that is none. */
export async function proposalsPage(db: Db, query: ProposalsQuery): Promise<ProposalsPage> {
  const { limit = PAGE, cursor, ...wanted } = query;
  const after = cursor === undefined ? undefined : listPosition(cursor);
  const rows = await proposals(db, { ...wanted, after, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const covered = await coveredBy(
    db,
    shown.filter(canCover).map(({ id }) => id),
  );
  return {
    proposals: shown.map((proposal) => ({ ...proposal, covers: covered.get(proposal.id) ?? 0 })),
    next: last ? listCursor(last.requestedAt, last.id) : null,
  };
}

/** One proposal with the findings that it makes expected now; undefined when there is none of that id. */
export async function proposalDetail(db: Db, id: string): Promise<ProposalDetail | undefined> {
  const proposal = await findProposal(db, id);
  if (!proposal) return undefined;
  const covers = await findingsUnder(db, proposal);
  return { proposal: { ...proposal, covers: covers.length }, covers: covers.slice(0, MOST_FINDINGS) };
}

/** Findings name the exception that covers them at the start of their reason: `exception pr-…: why`. An index has just this. */
const named = sql<string>`body ->> '$.outcomeReason'`;

/** Pending and rejected ones cover nothing, and settings make no finding expected. */
function canCover({ change, status }: Proposal): boolean {
  return change.kind === 'exception' && (status === 'approved' || status === 'ended');
}

/** Counted for each in the index of reasons. */
async function coveredBy(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ id: string; count: number }>`
    select value as id, (
      select count(*) from findings indexed by findings_expected where outcome = 'expected' and ${named} >= 'exception ' || value || ':' and ${named} < 'exception ' || value || ';') as count
    from json_each(${JSON.stringify(ids)})`.execute(db);
  return new Map(rows.map(({ id, count }) => [id, count]));
}

async function findingsUnder(db: Db, proposal: Proposal): Promise<readonly Finding[]> {
  const { change, id } = proposal;
  if (change.kind !== 'exception' || !canCover(proposal)) return [];
  const rows = await db
    .selectFrom('findings')
    .innerJoin('finding_contractors', 'finding_contractors.finding', 'findings.id')
    .select('findings.body')
    .where('finding_contractors.contractor', '=', change.permission.contractor)
    .where(sql<boolean>`+findings.outcome = 'expected'`)
    .where(named, '>=', `exception ${id}:`)
    .where(named, '<', `exception ${id};`)
    .orderBy('findings.updated_at', 'desc')
    .orderBy('findings.id')
    .execute();
  return rows.map(({ body }): Finding => JSON.parse(body));
}

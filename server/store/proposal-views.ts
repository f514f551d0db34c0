import { sql } from 'kysely';
import type { ProposalDetail, ProposalRow, ProposalsQuery } from '../../shared/api/proposals.ts';
import type { Finding } from '../../shared/finding.ts';
import type { Proposal } from '../../shared/proposal.ts';
import { findProposal, proposals } from './proposals.ts';
import type { Db } from './store.ts';

const MOST_FINDINGS = 200;

/** Latest request first, each with how many findings it makes expected now. */
export async function proposalRows(db: Db, query: ProposalsQuery): Promise<ProposalRow[]> {
  const listed = await proposals(db, query);
  const covered = listed.some(canCover) ? await coveredBy(db) : new Map<string, number>();
  return listed.map((proposal) => ({ ...proposal, covers: covered.get(proposal.id) ?? 0 }));
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

async function coveredBy(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('findings')
    .select((eb) => [
      sql<string>`substr(${named}, 11, instr(${named}, ':') - 11)`.as('id'),
      eb.fn.countAll<number>().as('count'),
    ])
    .where('outcome', '=', sql.lit('expected'))
    .groupBy('id')
    .execute();
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
    .where('findings.outcome', '=', sql.lit('expected'))
    .where(named, '>=', `exception ${id}:`)
    .where(named, '<', `exception ${id};`)
    .orderBy('findings.updated_at', 'desc')
    .orderBy('findings.id')
    .execute();
  return rows.map(({ body }): Finding => JSON.parse(body));
}

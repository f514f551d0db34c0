import { sql } from 'kysely';
import type { ContractorDetail, ContractorRow, Status } from '../../shared/api.ts';
import type { Declaration } from '../../shared/declaration.ts';
import type { Severity } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { riskOf } from '../detect/risk.ts';
import { weighingFindingsOf } from './cases.ts';
import { endpointRows } from './endpoint-views.ts';
import { latestFindings } from './finding-views.ts';
import { exceptionsOf } from './proposals.ts';
import { latestSpans } from './span-views.ts';
import type { Db } from './store.ts';

const LATEST = 200;

/** Contractors in order of their id: all of them, or those asked for. Four statements, however many there are. */
export async function contractorRows(db: Db, only?: readonly string[]): Promise<ContractorRow[]> {
  if (only?.length === 0) return [];
  const contractors = await db
    .selectFrom('contractors')
    .select(['id', 'label', 'declaration'])
    .$if(only !== undefined, (select) => select.where('id', 'in', only ?? []))
    .orderBy('id')
    .execute();
  const endpoints = await endpointsByContractor(db, only);
  const online = await onlineByContractor(db, only);
  const open = await openByContractor(db, only);
  return contractors.map(({ id, label, declaration }) => ({
    id,
    label,
    declaration: declarationOf(declaration),
    endpoints: endpoints.get(id)?.count ?? 0,
    online: online.get(id) ?? 0,
    lastSeenAt: endpoints.get(id)?.last_seen_at ?? null,
    open: { info: 0, low: 0, medium: 0, high: 0, critical: 0, ...open.get(id) },
  }));
}

/** One contractor with endpoints, risk, latest findings and latest spans; undefined when there is no such contractor. */
export async function findContractor(
  db: Db,
  id: string,
  now: Instant,
): Promise<ContractorDetail | undefined> {
  const [contractor] = await contractorRows(db, [id]);
  if (!contractor) return undefined;
  const endpoints = await endpointRows(db, { contractor: id });
  const findings = await latestFindings(db, id, LATEST);
  const spans = await latestSpans(db, { contractor: id, endpoints: endpoints.map((one) => one.id) }, LATEST);
  const risk = riskOf(await weighingFindingsOf(db, [id]), now);
  const exceptions = await exceptionsOf(db, id);
  return { contractor, endpoints, risk, exceptions: [...exceptions], findings, spans };
}

export async function counts(db: Db): Promise<Status['counts']> {
  return db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('contractors')
        .select(eb.fn.countAll<number>().as('n'))
        .$asScalar()
        .$notNull()
        .as('contractors'),
      eb
        .selectFrom('endpoints')
        .select(eb.fn.countAll<number>().as('n'))
        .where('revoked_at', 'is', null)
        .$asScalar()
        .$notNull()
        .as('endpoints'),
      eb
        .selectFrom('spans')
        .select((count) => count.fn.count<number>('endpoint').distinct().as('n'))
        .where('kind', '=', sql.lit('presence'))
        .where('to', 'is', null)
        .$asScalar()
        .$notNull()
        .as('online'),
      eb
        .selectFrom('findings')
        .select(eb.fn.countAll<number>().as('n'))
        .where('outcome', '=', 'open')
        .where('status', 'in', ['new', 'investigating'])
        .$asScalar()
        .$notNull()
        .as('open'),
      eb
        .selectFrom('cases')
        .select(eb.fn.countAll<number>().as('n'))
        .where('status', 'in', ['new', 'investigating'])
        .$asScalar()
        .$notNull()
        .as('cases'),
    ])
    .executeTakeFirstOrThrow();
}

async function endpointsByContractor(db: Db, only: readonly string[] | undefined) {
  const rows = await db
    .selectFrom('endpoints')
    .select((eb) => [
      'contractor',
      eb.fn.max('last_seen_at').as('last_seen_at'),
      eb.fn.countAll<number>().filterWhere('revoked_at', 'is', null).as('count'),
    ])
    .$if(only !== undefined, (select) => select.where('contractor', 'in', only ?? []))
    .groupBy('contractor')
    .execute();
  return new Map(rows.map((row) => [row.contractor, row]));
}

async function onlineByContractor(db: Db, only: readonly string[] | undefined) {
  const rows = await db
    .selectFrom('spans')
    .innerJoin('endpoints', 'endpoints.id', 'spans.endpoint')
    .select((eb) => ['endpoints.contractor', eb.fn.count<number>('spans.endpoint').distinct().as('count')])
    .where('spans.kind', '=', sql.lit('presence'))
    .where('spans.to', 'is', null)
    .$if(only !== undefined, (select) => select.where('spans.endpoint', 'in', endpointsOf(db, only ?? [])))
    .groupBy('endpoints.contractor')
    .execute();
  return new Map(rows.map(({ contractor, count }) => [contractor, count]));
}

function endpointsOf(db: Db, contractors: readonly string[]) {
  return db.selectFrom('endpoints').select('id').where('contractor', 'in', contractors);
}

async function openByContractor(db: Db, only: readonly string[] | undefined) {
  const rows = await db
    .selectFrom('findings')
    .innerJoin('finding_contractors', 'finding_contractors.finding', 'findings.id')
    .select((eb) => [
      'finding_contractors.contractor',
      'findings.severity',
      eb.fn.countAll<number>().as('count'),
    ])
    .where('findings.outcome', '=', 'open')
    .$if(only !== undefined, (select) => select.where('finding_contractors.contractor', 'in', only ?? []))
    .groupBy(['finding_contractors.contractor', 'findings.severity'])
    .execute();
  const open = new Map<string, Partial<Record<Severity, number>>>();
  for (const { contractor, severity, count } of rows)
    open.set(contractor, { ...open.get(contractor), [severity]: count });
  return open;
}

function declarationOf(text: string | null): Declaration | null {
  return text === null ? null : JSON.parse(text);
}

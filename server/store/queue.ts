import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import type {
  FindingCounts,
  FindingFilters,
  FindingRow,
  FindingSort,
  FindingsPage,
  FindingsQuery,
} from '../../shared/api/findings.ts';
import { CodedError } from '../../shared/errors.ts';
import { SEVERITIES } from '../../shared/finding.ts';
import { TRIAGE_STATUSES } from '../../shared/triage.ts';
import { among } from './among.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';
import { standingIn } from './triage.ts';

const PAGE = 50;

type Column = 'updated_at' | 'severity_rank' | 'found_at' | 'risk' | 'id';
const SORTS: Readonly<Record<FindingSort, readonly Column[]>> = {
  updated: ['updated_at', 'id'],
  severity: ['severity_rank', 'found_at', 'id'],
  risk: ['risk', 'found_at', 'id'],
  // The oldest first: what was found earliest.
  age: ['found_at', 'id'],
};

/** One page of findings. Throws REQUEST_INVALID for a cursor that is none, or of another sort. */
export async function queuePage(db: Db, query: FindingsQuery, me: string): Promise<FindingsPage> {
  const { sort = 'updated', order = 'desc', limit = PAGE } = query;
  const columns = SORTS[sort];
  const up = (sort === 'age') !== (order === 'asc');
  const way = up ? 'asc' : 'desc';
  const after = query.cursor === undefined ? undefined : positionOf(query.cursor, { sort, order });
  // Two steps: the first reads the queue's index alone, the second the bodies of what is shown.
  const { ids } = query;
  let found = db
    .selectFrom('findings')
    .select('id')
    .where((eb) => eb.and(conditions(eb, query, me)))
    .$if(ids !== undefined, (select) => select.where('id', 'in', among(ids?.split(',') ?? [])));
  if (after)
    found = found.where(
      sql<SqlBool>`(${sql.join(columns.map((column) => sql.ref(column)))}) ${sql.raw(up ? '>' : '<')} (${sql.join(after)})`,
    );
  // Words are looked for in every title, and those stand in the index; with a plus, so that no other is taken for the order.
  const plain = query.q === undefined;
  for (const column of columns)
    found = found.orderBy(plain ? sql.ref(column) : sql`+${sql.ref(column)}`, way);
  let select = db
    .selectFrom('findings')
    .select(['id', 'body', 'triage', 'risk', 'updated_at', 'found_at', 'severity_rank'])
    .where('id', 'in', found.limit(limit + 1));
  for (const column of columns) select = select.orderBy(column, way);
  const rows = await select.execute();
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const findings = shown.map(rowOf);
  return {
    findings,
    labels: await labelsOf(db, [...new Set(findings.flatMap(({ contractors }) => contractors))]),
    next: last ? cursorOf([sort, order, ...columns.map((column) => last[column])]) : null,
  };
}

/** How many findings the filters leave, by severity and status, whatever those two filters say. */
export async function queueCounts(db: Db, filters: FindingFilters, me: string): Promise<FindingCounts> {
  const { severity: _, status: __, ...others } = filters;
  const rows = await db
    .selectFrom('findings')
    .select((eb) => ['severity', 'status', eb.fn.countAll<number>().as('count')])
    .where((eb) => eb.and(conditions(eb, others, me)))
    .groupBy(['status', 'severity'])
    .execute();
  return {
    counts: rows.flatMap(({ count, ...row }) => {
      const severity = SEVERITIES.find((known) => known === row.severity);
      const status = TRIAGE_STATUSES.find((known) => known === row.status);
      return severity && status ? [{ severity, status, count }] : [];
    }),
  };
}

function rowOf(row: Parameters<typeof standingIn>[0]): FindingRow {
  const { finding, ...standing } = standingIn(row);
  return { ...finding, ...standing };
}

async function labelsOf(db: Db, ids: readonly string[]): Promise<Record<string, string>> {
  const rows = await db
    .selectFrom('contractors')
    .select(['id', 'label'])
    .where('id', 'in', among(ids))
    .where('label', 'is not', null)
    .execute();
  return Object.fromEntries(rows.map(({ id, label }) => [id, label ?? id]));
}

/** A pattern for `like … escape '\'` that finds the text itself. */
export function containing(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}

function conditions(
  eb: ExpressionBuilder<Tables, 'findings'>,
  filters: FindingFilters,
  me: string,
): Expression<SqlBool>[] {
  const { outcome, severity, status, assignee, rule, family, contractor, since, q, minRisk } = filters;
  const found: Expression<SqlBool>[] = [];
  if (outcome !== undefined) found.push(eb('outcome', '=', outcome));
  if (status !== undefined) found.push(eb('status', 'in', status.split(',')));
  if (severity !== undefined) found.push(eb('severity', 'in', severity.split(',')));
  if (assignee === 'none') found.push(eb('assignee', 'is', null));
  else if (assignee !== undefined) found.push(eb('assignee', '=', assignee === 'me' ? me : assignee));
  if (rule !== undefined) found.push(eb('rule', '=', rule));
  if (family !== undefined) found.push(eb('family', '=', family));
  if (since !== undefined) found.push(eb('found_at', '>=', since));
  if (minRisk !== undefined) found.push(eb('risk', '>=', minRisk));
  if (contractor !== undefined)
    found.push(
      eb(
        'id',
        'in',
        eb.selectFrom('finding_contractors').select('finding').where('contractor', '=', contractor),
      ),
    );
  if (q !== undefined) found.push(textual(containing(q)));
  return found;
}

/** Contractors first, of whom there are fewer than findings: a cross join is kept in its order. */
function textual(pattern: string): Expression<SqlBool> {
  return sql<SqlBool>`(title like ${pattern} escape '\\' or id in (
    select finding from contractors cross join finding_contractors on contractor = contractors.id
    where label like ${pattern} escape '\\' or contractors.id like ${pattern} escape '\\'))`;
}

function cursorOf(position: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

function positionOf(
  cursor: string,
  { sort, order }: { readonly sort: FindingSort; readonly order: string },
): readonly unknown[] {
  const [sorted, ordered, ...values] = partsOf(cursor);
  const fits =
    sorted === sort &&
    ordered === order &&
    values.length === SORTS[sort].length &&
    values.every((value) => typeof value === 'string' || typeof value === 'number');
  if (!fits)
    throw new CodedError('REQUEST_INVALID', { reason: 'cursor: not one of ours, or of another sort' });
  return values;
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    // What is no JSON is no cursor either; the caller says so.
    return [];
  }
}

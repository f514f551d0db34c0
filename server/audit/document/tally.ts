import * as z from 'zod/mini';
import type { Severity } from '../../../shared/finding.ts';
import type { PackRow, Table } from '../table.ts';

/** What a report says of the rows of a pack: counts, and of what matters most the first few. Memory grows with endpoints and rules alone. */
export interface Tally {
  readonly findings: Map<string, FindingCount>;
  /** The gravest of those that stand, gravest first. */
  readonly gravest: FindingLine[];
  readonly decisions: Map<string, number>;
  readonly cases: CaseLine[];
  readonly casesByStatus: Map<string, number>;
  readonly proposals: ProposalLine[];
  readonly proposalsByStatus: Map<string, number>;
  readonly gaps: Map<string, { rows: number; missing: number }>;
  readonly actions: Map<string, number>;
  readonly actors: Map<string, { looked: number; did: number; last: string }>;
  readonly coverage: Map<string, EndpointCoverage>;
  readonly worstDays: DayCoverage[];
  readonly tombstones: TombstoneLine[];
  readonly intel: string[];
  readonly days: { count: number; first: string | undefined; last: string | undefined };
  readonly evidence: { batches: number; spools: number; endpoints: Set<string> };
  /** Rows by table. */
  readonly rows: Map<string, number>;
  /** Of those above, how many there are besides what is listed. */
  readonly listed: { cases: number; proposals: number; tombstones: number };
  hiddenActions: number;
}

export interface FindingCount {
  readonly rule: string;
  readonly title: string;
  readonly severity: Severity;
  readonly outcomes: Map<string, number>;
}

export interface FindingLine {
  readonly id: string;
  readonly title: string;
  readonly subject: string;
  readonly severity: Severity;
  readonly from: string;
  readonly to: string | null;
  readonly reason: string;
}

export interface CaseLine {
  readonly id: string;
  readonly status: string;
  readonly severity: string;
  readonly contractors: readonly string[];
  readonly openedAt: string;
  readonly findings: number;
}

export interface ProposalLine {
  readonly subject: string;
  readonly permits: string;
  readonly until: string;
  readonly reason: string;
  readonly status: string;
  readonly requestedBy: string;
  readonly decidedBy: string | null;
}

export interface EndpointCoverage {
  contractor: string;
  days: number;
  wholeDays: number;
  due: number;
  observed: number;
  resting: number;
  unobserved: number;
  readonly probes: Map<string, number>;
}

export interface DayCoverage {
  readonly endpoint: string;
  readonly day: string;
  readonly due: number;
  readonly unobserved: number;
}

export interface TombstoneLine {
  readonly class: string;
  readonly contractor: string | null;
  readonly from: string;
  readonly until: string;
  readonly at: string;
  readonly rows: number;
  readonly cause: string;
}

export const MOST = { gravest: 25, cases: 100, proposals: 100, worstDays: 25, tombstones: 50 };

export function newTally(): Tally {
  return {
    ...{ findings: new Map(), gravest: [], decisions: new Map(), cases: [], casesByStatus: new Map() },
    ...{ proposals: [], proposalsByStatus: new Map(), gaps: new Map(), actions: new Map() },
    ...{ actors: new Map(), coverage: new Map(), worstDays: [], tombstones: [], intel: [] },
    days: { count: 0, first: undefined, last: undefined },
    evidence: { batches: 0, spools: 0, endpoints: new Set() },
    rows: new Map(),
    listed: { cases: 0, proposals: 0, tombstones: 0 },
    hiddenActions: 0,
  };
}

/** The same table; each of its rows is counted when it passes. */
export function tallied(table: Table, tally: Tally): Table {
  const count = COUNTS.get(table.name);
  return {
    ...table,
    async *rows() {
      for await (const row of table.rows()) {
        add(tally.rows, table.name, 1);
        count?.(tally, row);
        yield row;
      }
    },
  };
}

const RANKS: Readonly<Record<Severity, number>> = { critical: 0, high: 1, medium: 2, low: 3, info: 4 };

const severity = z.enum(['info', 'low', 'medium', 'high', 'critical']);
const text = z.string();
const maybe = z.nullable(z.string());
const number = z.number();

const COUNTS: ReadonlyMap<string, (tally: Tally, row: PackRow) => void> = new Map([
  ['findings', finding],
  ['triage', triage],
  ['cases', openedCase],
  ['proposals', proposal],
  ['gaps', gap],
  ['action-log', action],
  ['coverage', coverage],
  ['tombstones', tombstone],
  ['intel-versions', intel],
  ['day-roots', day],
  ['spools', spool],
]);

const findingSchema = z.looseObject({
  ...{ id: text, rule: text, title: text, subject: text, severity, outcome: text },
  ...{ from: text, to: maybe, reason: text },
});

function finding({ findings, gravest }: Tally, row: PackRow): void {
  const { outcome, rule, title, ...found } = z.parse(findingSchema, row);
  const { id, subject, from, to, reason } = found;
  const key = `${rule} ${found.severity}`;
  const count = findings.get(key) ?? { rule, title, severity: found.severity, outcomes: new Map() };
  findings.set(key, count);
  add(count.outcomes, outcome, 1);
  if (outcome !== 'open') return;
  const line = { id, title, subject, severity: found.severity, from, to, reason };
  keep(gravest, line, {
    most: MOST.gravest,
    before: (a, b) => RANKS[a.severity] - RANKS[b.severity] || compare(a.from, b.from),
  });
}

const triageSchema = z.looseObject({ about: text, decision: maybe });

function triage({ decisions }: Tally, row: PackRow): void {
  const { about, decision } = z.parse(triageSchema, row);
  if (decision !== null) add(decisions, `${about} ${decision}`, 1);
}

const caseRowSchema = z.looseObject({
  ...{ id: text, status: text, openedAt: text },
  case: z.looseObject({ severity: text, contractors: z.array(text), findings: z.array(text) }),
});

function openedCase({ cases, casesByStatus, listed }: Tally, row: PackRow): void {
  const { id, status, openedAt, case: all } = z.parse(caseRowSchema, row);
  const { severity: grave, contractors, findings } = all;
  add(casesByStatus, status, 1);
  if (cases.length < MOST.cases)
    cases.push({ id, status, openedAt, severity: grave, contractors, findings: findings.length });
  else listed.cases += 1;
}

const proposalRowSchema = z.looseObject({
  ...{ kind: text, subject: text, status: text, requestedBy: text, decidedBy: maybe },
  proposal: z.looseObject({
    reason: text,
    change: z.looseObject({
      permission: z.optional(z.looseObject({ until: text })),
      settings: z.optional(z.unknown()),
    }),
  }),
});

function proposal({ proposals, proposalsByStatus, listed }: Tally, row: PackRow): void {
  const { kind, subject, status, requestedBy, decidedBy, proposal: all } = z.parse(proposalRowSchema, row);
  add(proposalsByStatus, `${kind} ${status}`, 1);
  if (proposals.length >= MOST.proposals) {
    listed.proposals += 1;
    return;
  }
  const { permission, settings } = all.change;
  const permits = permission
    ? Object.entries(permission)
        .filter(([what]) => !['contractor', 'from', 'until'].includes(what))
        .map(([what, which]) => `${what} ${String(which)}`)
    : [`settings ${JSON.stringify(settings)}`];
  const asked = { permits: permits.join(', '), until: permission?.until ?? '', reason: all.reason };
  proposals.push({ subject, status, requestedBy, decidedBy, ...asked });
}

const gapSchema = z.looseObject({ cause: text, first: number, last: number });

function gap({ gaps }: Tally, row: PackRow): void {
  const { cause, first, last } = z.parse(gapSchema, row);
  const sum = gaps.get(cause) ?? { rows: 0, missing: 0 };
  sum.rows += 1;
  sum.missing += Math.max(0, last - first + 1);
  gaps.set(cause, sum);
}

const actionSchema = z.looseObject({ at: maybe, actor: maybe, action: maybe });
const MOST_ACTORS = 1_000;

function action(tally: Tally, row: PackRow): void {
  const { at, actor, action: what } = z.parse(actionSchema, row);
  if (at === null || actor === null || what === null) {
    tally.hiddenActions += 1;
    return;
  }
  add(tally.actions, what, 1);
  const known = tally.actors.get(actor) ?? { looked: 0, did: 0, last: at };
  if (tally.actors.size >= MOST_ACTORS && !tally.actors.has(actor)) return;
  if (what.endsWith('.view')) known.looked += 1;
  else known.did += 1;
  known.last = at;
  tally.actors.set(actor, known);
}

const coverageSchema = z.looseObject({
  ...{ endpoint: text, contractor: text, day: text, basis: text },
  ...{ due: number, observed: number, resting: number, unobserved: number },
  probes: z.record(text, number),
});

function coverage(tally: Tally, row: PackRow): void {
  const { endpoint, contractor, day: utc, basis, probes, ...ms } = z.parse(coverageSchema, row);
  const { due, observed, resting, unobserved } = ms;
  const known = tally.coverage.get(endpoint);
  const sum: EndpointCoverage = known ?? {
    ...{ contractor, days: 0, wholeDays: 0, due: 0, observed: 0, resting: 0, unobserved: 0 },
    probes: new Map<string, number>(),
  };
  tally.coverage.set(endpoint, sum);
  sum.days += 1;
  if (basis === 'whole day') sum.wholeDays += 1;
  sum.due += due;
  sum.observed += observed;
  sum.resting += resting;
  sum.unobserved += unobserved;
  for (const [probe, worked] of Object.entries(probes)) add(sum.probes, probe, worked);
  if (unobserved === 0) return;
  keep(
    tally.worstDays,
    { endpoint, day: utc, due, unobserved },
    {
      most: MOST.worstDays,
      before: (a, b) =>
        b.unobserved - a.unobserved || compare(a.day, b.day) || compare(a.endpoint, b.endpoint),
    },
  );
}

const tombstoneSchema = z.looseObject({
  ...{ class: text, contractor: maybe, from: text, until: text, at: text, body: text },
});
const bodySchema = z.looseObject({ rows: number, cause: text });

function tombstone({ tombstones, listed }: Tally, row: PackRow): void {
  const { class: kind, contractor, from, until, at, body } = z.parse(tombstoneSchema, row);
  const { rows, cause } = z.parse(bodySchema, JSON.parse(body));
  if (tombstones.length < MOST.tombstones)
    tombstones.push({ class: kind, contractor, from, until, at, rows, cause });
  else listed.tombstones += 1;
}

function intel(tally: Tally, row: PackRow): void {
  tally.intel.push(String(row['version']));
}

function day({ days }: Tally, row: PackRow): void {
  const utc = String(row['day']);
  days.count += 1;
  days.first ??= utc;
  days.last = utc;
}

const spoolSchema = z.looseObject({ endpoint: text, batches: number });

function spool({ evidence }: Tally, row: PackRow): void {
  const { endpoint, batches } = z.parse(spoolSchema, row);
  evidence.spools += 1;
  evidence.batches += batches;
  evidence.endpoints.add(endpoint);
}

function add(sums: Map<string, number>, key: string, count: number): void {
  sums.set(key, (sums.get(key) ?? 0) + count);
}

/** Puts it where it belongs among the first so many. */
function keep<T>(
  list: T[],
  one: T,
  { most, before }: { readonly most: number; readonly before: (a: T, b: T) => number },
): void {
  const last = list.at(-1);
  if (list.length >= most && last !== undefined && before(one, last) >= 0) return;
  const at = list.findIndex((other) => before(one, other) < 0);
  list.splice(at === -1 ? list.length : at, 0, one);
  if (list.length > most) list.pop();
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

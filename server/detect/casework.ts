import type { Case, Trigger } from '../../shared/case.ts';
import { FAMILIES, type Finding, SEVERITIES, type Severity } from '../../shared/finding.ts';
import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import { touches } from './periods.ts';

/** Findings that belong to one story: of one contractor, or of several whom findings about a place join. */
export interface CaseGroup {
  readonly contractors: readonly string[];
  readonly findings: readonly string[];
  readonly severity: Severity;
  readonly triggers: readonly [Trigger, ...Trigger[]];
}

/** How many of the six families must fire for one contractor within `WINDOW` to open a case. */
const FAMILIES_FOR_A_CASE = 3;
const WINDOW = 14 * DAY;

/**
 * The stories that deserve a case now. `settled` are findings that were decided on, by a closed case or as harmless by
 * themselves: they are shown, and open nothing.
 * Equal findings give equal groups, in whatever order they come.
 */
export function caseGroups(
  findings: readonly Finding[],
  { now, settled }: { readonly now: Instant; readonly settled: ReadonlySet<string> },
): readonly CaseGroup[] {
  const standing = findings
    .filter(({ outcome, severity }) => outcome === 'open' && severity !== 'info')
    .toSorted((a, b) => compare(a.from, b.from) || compare(a.id, b.id));
  return joinedContractors(standing).flatMap((contractors) => {
    const members = new Set(contractors);
    const own = standing.filter((finding) => finding.contractors.some((id) => members.has(id)));
    const [first, ...more] = triggersOf(
      own.filter(({ id }) => !settled.has(id)),
      { contractors, now },
    );
    if (!first) return [];
    return [
      { contractors, findings: own.map(({ id }) => id), severity: worst(own), triggers: [first, ...more] },
    ];
  });
}

/** What becomes of the stored cases, given the groups of today: those that change, and those that are new. */
export function caseChanges(
  groups: readonly CaseGroup[],
  cases: readonly Case[],
  now: Instant,
): readonly Case[] {
  const active = cases
    .filter(({ status }) => status === 'new' || status === 'investigating')
    .toSorted((a, b) => compare(a.openedAt, b.openedAt) || compare(a.id, b.id));
  const taken = new Set<string>();
  const changes: Case[] = [];
  for (const group of groups) {
    const [oldest, ...others] = active.filter(
      ({ id, contractors }) => !taken.has(id) && contractors.some((each) => group.contractors.includes(each)),
    );
    const kept = updated(oldest ?? reopened(cases, group) ?? opened(group, now), group);
    changes.push(kept);
    taken.add(kept.id);
    for (const other of others) {
      taken.add(other.id);
      changes.push({ ...other, status: 'merged', mergedInto: kept.id });
    }
  }
  const left = active.filter(({ id }) => !taken.has(id));
  for (const each of left)
    changes.push({ ...each, standing: false, status: each.status === 'new' ? 'dissolved' : each.status });
  const before = new Map(cases.map((each) => [each.id, JSON.stringify(each)]));
  return changes
    .filter((each) => JSON.stringify(each) !== before.get(each.id))
    .map((each) => ({ ...each, updatedAt: now }));
}

/** Contractors whom a high or critical finding about a place names together, as one list; everybody else alone. */
function joinedContractors(standing: readonly Finding[]): readonly (readonly string[])[] {
  const groupOf = new Map<string, Set<string>>();
  for (const { contractors, scope, severity } of standing) {
    const joins = scope === 'place' && (severity === 'high' || severity === 'critical');
    for (const part of joins ? [contractors] : contractors.map((id) => [id])) {
      const merged = new Set(part.flatMap((id) => [...(groupOf.get(id) ?? [id])]));
      for (const id of merged) groupOf.set(id, merged);
    }
  }
  return [...new Set(groupOf.values())]
    .map((group) => [...group].toSorted())
    .toSorted((a, b) => compare(a[0] ?? '', b[0] ?? ''));
}

function triggersOf(
  findings: readonly Finding[],
  { contractors, now }: { readonly contractors: readonly string[]; readonly now: Instant },
): readonly Trigger[] {
  const critical = findings
    .filter(({ severity }) => severity === 'critical')
    .map(({ id }): Trigger => ({ by: 'critical', finding: id }));
  const weighty = findings.filter(({ severity }) => severity !== 'low');
  const families = contractors.flatMap((contractor): Trigger[] => {
    const own = weighty.filter((finding) => finding.contractors.includes(contractor));
    const busiest = busiestFortnight(own, now);
    const fired = FAMILIES.filter((family) => busiest.some((finding) => finding.family === family));
    if (fired.length < FAMILIES_FOR_A_CASE) return [];
    return [{ by: 'families', contractor, families: fired, findings: busiest.map(({ id }) => id) }];
  });
  return [...critical, ...families];
}

/** The findings of the first fortnight that holds the most families. It begins with a finding, so that looking there is enough. */
function busiestFortnight(findings: readonly Finding[], now: Instant): readonly Finding[] {
  let busiest: readonly Finding[] = [];
  let most = 0;
  for (const { from } of findings) {
    const window = { from, to: instant(millis(from) + WINDOW) };
    const within = findings.filter((finding) =>
      touches({ from: finding.from, to: finding.to ?? now }, window),
    );
    const families = new Set(within.map(({ family }) => family)).size;
    if (families > most) [busiest, most] = [within, families];
  }
  return busiest;
}

function opened({ triggers: [trigger], ...group }: CaseGroup, now: Instant): Case {
  const by = trigger.by === 'critical' ? trigger.finding : trigger.findings[0];
  return {
    id: `case_${by?.replace(/^fd_/, '') ?? ''}`,
    status: 'new',
    standing: true,
    ...group,
    triggers: [trigger],
    contractors: [...group.contractors],
    findings: [...group.findings],
    openedAt: now,
    updatedAt: now,
  };
}

/**
 * A case that dissolved takes up its story again when the same finding comes back, a closed one when a finding that it decided is
 * no longer settled.
 */
function reopened(cases: readonly Case[], group: CaseGroup): Case | undefined {
  const { id } = opened(group, '');
  const triggering = group.triggers.flatMap((each) =>
    each.by === 'critical' ? each.finding : each.findings,
  );
  const dissolved = cases.find((each) => each.id === id && each.status === 'dissolved');
  const [latest] = cases
    .filter(
      ({ status, findings }) => status === 'closed' && findings.some((each) => triggering.includes(each)),
    )
    .toSorted((a, b) => compare(b.updatedAt, a.updatedAt) || compare(a.id, b.id));
  const before = dissolved ?? latest;
  return before && { ...before, status: 'new' };
}

/** What the case has gathered stays, even where it was retracted since: the finding itself says so. */
function updated(before: Case, group: CaseGroup): Case {
  return {
    ...before,
    standing: true,
    severity: group.severity,
    triggers: [...group.triggers],
    contractors: union(before.contractors, group.contractors),
    findings: union(before.findings, group.findings),
  };
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].toSorted();
}

function worst(findings: readonly Finding[]): Severity {
  return SEVERITIES[Math.max(...findings.map(({ severity }) => SEVERITIES.indexOf(severity)))] ?? 'info';
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

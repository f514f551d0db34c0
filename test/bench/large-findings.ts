import { RULES } from '../../server/detect/rules/index.ts';
import type { Case } from '../../shared/case.ts';
import { type Finding, OUTCOMES, type Outcome, SEVERITIES } from '../../shared/finding.ts';
import type { Proposal } from '../../shared/proposal.ts';
import { DAY, instant } from '../../shared/time.ts';
import type { Triage } from '../../shared/triage.ts';
import type { Insert } from './rows.ts';

/** What the large store's findings are about. */
interface Desk {
  readonly endpoints: number;
  readonly spans: number;
  readonly findings: number;
  readonly now: number;
  readonly personOf: (index: number) => string;
}

const EXCEPTIONS = 1_000;
const ANALYSTS = ['analyst-0@example.com', 'grace@example.com', 'ada@example.com'];

/** With the versions of it and what became of it. */
export function writeFinding(insert: Insert, index: number, desk: Desk): void {
  const finding = findingOf(index, desk);
  const triage = triageOf(index);
  const { id, rule, scope, subject, key, title, family, severity, outcome, from, to, updatedAt } = finding;
  const body = JSON.stringify(finding);
  insert('findings', {
    ...{ id, rule, scope, subject, key, title, family, severity, outcome, from, to, body },
    severity_rank: SEVERITIES.indexOf(severity),
    found_at: finding.foundAt,
    updated_at: updatedAt,
    risk: (index * 7) % 90,
    status: triage?.status ?? 'new',
    assignee: triage?.assignee ?? null,
    triage: triage ? JSON.stringify(triage) : null,
  });
  insert('finding_versions', { finding: id, at: updatedAt, body });
  if (outcome === 'retracted' || outcome === 'expected')
    insert('finding_turns', { finding: id, at: updatedAt, what: 'resolved', was: 'open' });
  for (const contractor of finding.contractors) {
    insert('finding_contractors', { finding: id, contractor });
    insert('finding_concerned', { finding: id, contractor });
  }
}

export function writeCase(insert: Insert, index: number, desk: Desk): void {
  const findings = [0, 1, 2, 3].map((step) => findingOf(index * 20 + step * 3, desk));
  const [opened] = findings;
  if (!opened) throw new Error('a case has findings');
  const story: Case = {
    id: `case-${index}`,
    status: index % 3 === 0 ? 'new' : index % 3 === 1 ? 'investigating' : 'closed',
    standing: true,
    severity: 'critical',
    triggers: [{ by: 'critical', finding: opened.id }],
    contractors: [...new Set(findings.flatMap(({ contractors }) => contractors))],
    findings: findings.map(({ id }) => id),
    openedAt: opened.foundAt,
    updatedAt: opened.foundAt,
  };
  const { id, status, openedAt, updatedAt } = story;
  insert('cases', { id, status, opened_at: openedAt, updated_at: updatedAt, body: JSON.stringify(story) });
  for (const contractor of story.contractors) insert('case_contractors', { case: id, contractor });
  for (const finding of story.findings) insert('case_findings', { case: id, finding });
}

/** Five in six permit something to somebody; the others would set a rule. */
export function writeProposal(insert: Insert, index: number, { now, personOf }: Desk): void {
  const requestedAt = instant(now - index * 1_000_000);
  const exception = index < EXCEPTIONS;
  const subject = exception ? personOf(index) : 'shared-egress';
  const status = exception ? 'approved' : 'rejected';
  const proposal: Proposal = {
    id: proposalId(index),
    change: exception
      ? {
          kind: 'exception',
          permission: {
            contractor: subject,
            tool: 'anydesk',
            from: requestedAt,
            until: instant(now + 30 * DAY),
          },
        }
      : { kind: 'settings', rule: subject, settings: {} },
    reason: 'The help desk uses it',
    status,
    requestedBy: 'ada@example.com',
    requestedAt,
    decidedBy: 'grace@example.com',
    decidedAt: requestedAt,
    decision: 'Agreed with their manager',
  };
  insert('proposals', {
    id: proposal.id,
    kind: proposal.change.kind,
    ...{ subject, status, requested_at: requestedAt, body: JSON.stringify(proposal) },
  });
}

const proposalId = (index: number): string => `pr-${String(index).padStart(12, '0')}`;

/** Three in ten are open. */
const outcomeOf = (index: number): Outcome =>
  index % 10 < 3 ? 'open' : (OUTCOMES[1 + (index % 3)] ?? 'retracted');

/** Half of them nobody has touched. */
function triageOf(index: number): Triage | undefined {
  if (index % 2 === 0) return undefined;
  const assignee = ANALYSTS[index % ANALYSTS.length] ?? null;
  return { version: 1, status: index % 4 === 1 ? 'investigating' : 'resolved', assignee };
}

function findingOf(index: number, { endpoints, spans, now, personOf }: Desk): Finding {
  const rule = RULES[index % RULES.length];
  if (!rule) throw new Error('there are no rules');
  const others = index % 10 === 0 ? [1, 2, 3].map((step) => personOf(index + step)) : [];
  const contractors = [...new Set([personOf(index * 7), ...others])];
  const found = instant(now - (index % 60_000) * 37_000);
  const outcome = outcomeOf(index);
  return {
    id: `finding-${index}`,
    rule: rule.id,
    title: rule.title,
    family: rule.family,
    scope: rule.scope,
    subject: rule.scope === 'place' ? `egress:203.0.113.${1 + (index % 250)}` : (contractors[0] ?? ''),
    contractors,
    severity: rule.severity,
    key: `key-${index}`,
    reason: 'AnyDesk runs on the endpoint, and the declaration approves no remote-access tool',
    arithmetic: [
      { label: 'approved tools', value: 'none' },
      { label: 'running tool', value: 'anydesk' },
      { label: 'signs', value: 'process, service, listener on 7070' },
    ],
    spans: [1, 2, 3].map((step) => String((index * 17 + step) % (endpoints * spans))),
    from: found,
    to: index % 4 === 0 ? null : found,
    outcome,
    ...(outcome === 'expected'
      ? { outcomeReason: `exception ${proposalId(index % EXCEPTIONS)}: The help desk uses it` }
      : {}),
    foundAt: found,
    updatedAt: found,
  };
}

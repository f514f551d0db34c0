import type { Finding } from '../../shared/finding.ts';

/** An open finding of one contractor on the second of March; what a test is about is given. */
export function findingWith(given: Partial<Finding> & Pick<Finding, 'id'>): Finding {
  const contractors = given.contractors ?? ['ada'];
  return {
    rule: 'unapproved-remote-tool',
    title: 'Remote-access tool that nobody approved',
    family: 'remote-access',
    scope: 'contractor',
    subject: contractors[0] ?? 'ada',
    contractors,
    severity: 'medium',
    key: given.id,
    reason: 'AnyDesk ran.',
    arithmetic: [],
    spans: [],
    from: '2026-03-02T09:00:00.000Z',
    to: '2026-03-02T10:00:00.000Z',
    outcome: 'open',
    foundAt: '2026-03-02T09:00:01.000Z',
    updatedAt: '2026-03-02T10:00:01.000Z',
    ...given,
  };
}

import type { FeedEntry, Session } from '../../shared/api.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Finding } from '../../shared/finding.ts';
import type { ChangeRequest } from '../../shared/proposal.ts';
import { UNTOUCHED } from '../../shared/triage.ts';
import { problemOf } from './problem.ts';

const finding: Finding = {
  id: '4be1c2f0a95d',
  rule: 'unapproved-remote-tool',
  title: 'Remote-access tool that nobody approved',
  family: 'remote-access',
  scope: 'contractor',
  subject: 'ada',
  contractors: ['ada'],
  severity: 'high',
  key: 'anydesk',
  reason: 'AnyDesk runs; approved: none',
  arithmetic: [
    { label: 'approved tools', value: 'none' },
    { label: 'running tool', value: 'anydesk' },
  ],
  spans: ['2101'],
  from: '2026-03-02T15:10:00.000Z',
  to: null,
  outcome: 'open',
  foundAt: '2026-03-02T15:10:02.000Z',
  updatedAt: '2026-03-02T15:10:02.000Z',
};

const entry: FeedEntry = { id: 4127, at: '2026-03-02T15:10:02.000Z', topic: 'finding', ref: finding.id };

const session: Session = {
  account: 'analyst@example.com',
  role: 'analyst',
  expiresAt: '2026-03-03T03:10:00.000Z',
};

const request: ChangeRequest = {
  change: {
    kind: 'exception',
    permission: {
      contractor: 'ada',
      tool: 'anydesk',
      from: '2026-03-02T00:00:00.000Z',
      until: '2026-03-16T00:00:00.000Z',
    },
  },
  reason: 'The help desk works on her machine until the 16th',
};

/** One of each, by the name of its schema. */
export const EXAMPLES: Readonly<Record<string, unknown>> = {
  Finding: finding,
  FindingsPage: {
    findings: [{ ...finding, triage: UNTOUCHED, risk: 40 }],
    labels: { ada: 'Ada Example' },
    next: null,
  },
  FeedEntry: entry,
  Session: session,
  PostProposalsBody: request,
  Problem: problemOf(new CodedError('NOT_FOUND', { finding: finding.id })),
};

export const STREAM_EXAMPLE = `retry: 1000\n\nid: ${entry.id}\ndata: ${JSON.stringify(entry)}\n\n:\n\n`;

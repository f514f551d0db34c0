import { type Block, type Section, table, text } from './document.ts';
import type { Tally } from './tally.ts';
import { counted, list, momentText, numbered } from './words.ts';

export function casesSection({ cases, casesByStatus, listed }: Tally): Section {
  return {
    title: 'Cases',
    blocks: [
      ...counts(casesByStatus, 'case'),
      table(
        [
          { text: 'Case', share: 1.3 },
          { text: 'Status' },
          { text: 'Severity', share: 0.8 },
          { text: 'Contractors', share: 2 },
          { text: 'Findings', numeric: true, share: 0.7 },
          { text: 'Opened', share: 1.2 },
        ],
        cases.map(({ id, status, severity, contractors, findings, openedAt }) => [
          ...[id, status, severity, contractors.join(', '), String(findings), momentText(openedAt)],
        ]),
        { none: 'No case was open or changed in the range.' },
      ),
      ...besides(listed.cases, 'case', 'cases'),
      text('Who took a case on, what was noted, decided and why is in tables/triage.'),
    ],
  };
}

export function permissionsSection({ proposals, proposalsByStatus, listed }: Tally): Section {
  return {
    title: 'Exceptions and settings of rules',
    blocks: [
      text('Whoever asks for what can hide a finding never decides it: somebody else approves or rejects.'),
      ...counts(proposalsByStatus, 'proposal'),
      table(
        [
          { text: 'Whom or what', share: 1.2 },
          { text: 'Permits', share: 1.8 },
          { text: 'Until', share: 1 },
          { text: 'Status', share: 0.8 },
          { text: 'Asked by', share: 1 },
          { text: 'Decided by', share: 1 },
          { text: 'Why', share: 2 },
        ],
        proposals.map(({ subject, permits, until, status, requestedBy, decidedBy, reason }) => [
          ...[subject, permits, momentText(until), status, requestedBy, decidedBy ?? 'nobody yet', reason],
        ]),
        { none: 'None was asked for.' },
      ),
      ...besides(listed.proposals, 'proposal', 'proposals'),
    ],
  };
}

/** What each cause means to people who did not build this. */
const CAUSES: ReadonlyMap<string, string> = new Map([
  [
    'spool-overflow',
    'The agent could not deliver for so long that it had to drop the oldest observations; it counted them.',
  ],
  ['spool-damaged', 'The agent’s file of waiting observations was damaged or removed.'],
  ['snapshot-revert', 'The machine was set back to an earlier state, and numbers began again.'],
  ['chain-break', 'A number came again with other content, or did not follow from the one before.'],
  ['clone', 'Two machines spoke with one key.'],
  ['clock-step', 'The machine’s clock was set.'],
  ['revoked', 'The endpoint was revoked, and what it still had was not taken.'],
  ['unknown', 'Nobody knows.'],
]);

export function gapsSection({ gaps }: Tally): Section {
  return {
    title: 'Gaps in the evidence',
    blocks: [
      text(
        'Every hole in the evidence of these endpoints, whenever it was found, by its cause. Each is in tables/gaps.',
      ),
      table(
        [
          { text: 'Cause', share: 1 },
          { text: 'Gaps', numeric: true, share: 0.6 },
          { text: 'Missing observations', numeric: true, share: 1.2 },
          { text: 'What it means', share: 3.5 },
        ],
        [...gaps]
          .toSorted(([a, { rows: first }], [b, { rows: second }]) => second - first || (a < b ? -1 : 1))
          .map(([cause, { rows, missing }]) => [
            ...[cause, numbered(rows), numbered(missing), CAUSES.get(cause) ?? ''],
          ]),
        { none: 'There is no gap.' },
      ),
    ],
  };
}

const MOST_PEOPLE = 100;
const MOST_ACTIONS = 60;

export function peopleSection({ actions, actors, hiddenActions }: Tally): Section {
  const people = [...actors].toSorted(
    ([a, first], [b, second]) => second.looked + second.did - first.looked - first.did || (a < b ? -1 : 1),
  );
  return {
    title: 'Who looked and who decided',
    blocks: [
      text(
        'Counted from the action log of the days of the range, in which each row holds the hash of the one before.',
        hiddenActions === 0
          ? 'Nothing of it is left out.'
          : `${counted(hiddenActions, 'row')} ${hiddenActions === 1 ? 'is' : 'are'} there by hash alone, since the pack is redacted or about others than they are; those are not counted below.`,
        'Looks are noted once in ten minutes for the same person and subject.',
      ),
      table(
        [
          { text: 'Who', share: 2 },
          { text: 'Looked', numeric: true },
          { text: 'Acted', numeric: true },
          { text: 'Last', share: 1.3 },
        ],
        people
          .slice(0, MOST_PEOPLE)
          .map(([actor, { looked, did, last }]) => [
            ...[actor, numbered(looked), numbered(did), momentText(last)],
          ]),
        { none: 'The pack names nobody who did anything.' },
      ),
      table(
        [
          { text: 'What was done', share: 3 },
          { text: 'Times', numeric: true },
        ],
        [...actions]
          .toSorted(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
          .slice(0, MOST_ACTIONS)
          .map(([action, count]) => [action, numbered(count)]),
        { none: 'No action is told.' },
      ),
    ],
  };
}

export function removedSection({ tombstones, listed }: Tally): Section {
  return {
    title: 'What was removed',
    blocks: [
      text(
        'Whatever is purged after its time or erased leaves a tombstone that the collector signed: how much, of when, and where chains go on. The verifier checks each.',
      ),
      table(
        [
          { text: 'Class' },
          { text: 'Why', share: 0.9 },
          { text: 'Whose', share: 1.2 },
          { text: 'From' },
          { text: 'Until' },
          { text: 'Rows', numeric: true, share: 0.7 },
          { text: 'Removed' },
        ],
        tombstones.map(({ class: kind, cause, contractor, from, until, rows, at }) => [
          ...[kind, cause, contractor ?? 'several', momentText(from), momentText(until)],
          ...[numbered(rows), momentText(at)],
        ]),
        { none: 'Nothing was purged or erased.' },
      ),
      ...besides(listed.tombstones, 'tombstone', 'tombstones'),
    ],
  };
}

function counts(byStatus: ReadonlyMap<string, number>, noun: string): readonly Block[] {
  if (byStatus.size === 0) return [];
  const all = [...byStatus.values()].reduce((sum, count) => sum + count, 0);
  const parts = [...byStatus].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [
    text(`${counted(all, noun)}: ${list(parts.map(([status, count]) => `${numbered(count)} ${status}`))}.`),
  ];
}

function besides(more: number, noun: string, name: string): readonly Block[] {
  return more === 0 ? [] : [text(`And ${counted(more, `more ${noun}`)}, all in tables/${name}.`)];
}

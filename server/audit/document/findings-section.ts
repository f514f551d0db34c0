import { OUTCOMES, SEVERITIES } from '../../../shared/finding.ts';
import { DECISIONS } from '../../../shared/triage.ts';
import { type Section, table, text } from './document.ts';
import { MOST, type Tally } from './tally.ts';
import { momentText } from './words.ts';

/** Findings by rule and severity with what became of them, what people decided, and the gravest that stand. */
export function findingsSection({ findings, gravest, decisions }: Tally): Section {
  const counts = [...findings.values()].toSorted(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || (a.rule < b.rule ? -1 : 1),
  );
  return {
    title: 'Findings',
    blocks: [
      text(
        'A finding is a contradiction between what was declared and what was observed.',
        'Open: it stands. Expected: an exception covers it. Retracted: later evidence or a changed declaration took it away. Undetermined: the evidence that the rule needs was not there.',
        'Each is in tables/findings with its arithmetic; tables/finding-versions says what it said when.',
      ),
      table(
        [
          { text: 'Rule', share: 3.2 },
          { text: 'Severity', share: 0.9 },
          ...OUTCOMES.map((outcome) => ({ text: titled(outcome), numeric: true as const, share: 1.1 })),
        ],
        counts.map(({ title, rule, severity, outcomes }) => [
          ...[`${title} (${rule})`, severity],
          ...OUTCOMES.map((outcome) => String(outcomes.get(outcome) ?? 0)),
        ]),
        { none: 'No finding stood or changed in the range.' },
      ),
      { kind: 'heading', text: 'What people decided' },
      table(
        [
          { text: 'About' },
          ...DECISIONS.map((decision) => ({ text: titled(decision), numeric: true as const })),
        ],
        (['finding', 'case'] as const)
          .filter((about) => DECISIONS.some((decision) => decisions.has(`${about} ${decision}`)))
          .map((about) => [
            titled(`${about}s`),
            ...DECISIONS.map((decision) => String(decisions.get(`${about} ${decision}`) ?? 0)),
          ]),
        { none: 'Nothing was decided about the findings and cases of the range until the pack was made.' },
      ),
      { kind: 'heading', text: 'The gravest that stand' },
      ...(gravest.length === MOST.gravest
        ? [text(`The first ${MOST.gravest}; all are in tables/findings.`)]
        : []),
      table(
        [
          { text: 'Severity', share: 0.8 },
          { text: 'What', share: 2 },
          { text: 'Whom or where', share: 1.4 },
          { text: 'Since', share: 1.1 },
          { text: 'Why', share: 3 },
        ],
        gravest.map(({ severity, title, subject, from, reason }) => [
          ...[severity, title, subject, momentText(from), reason],
        ]),
        { none: 'No finding stands.' },
      ),
    ],
  };
}

function titled(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1).replaceAll('-', ' ');
}

import type { CaseStatus, Trigger } from '../../../shared/case.ts';
import type { Family } from '../../../shared/finding.ts';
import { plural } from './labels.ts';

export const CASE_STATUS_LABELS: Readonly<Record<CaseStatus, string>> = {
  new: 'New',
  investigating: 'Investigating',
  closed: 'Closed',
  merged: 'Merged',
  dissolved: 'Dissolved',
};

export const CASE_STATUS_MEANINGS: Readonly<Record<CaseStatus, string>> = {
  new: 'Nobody has looked at it.',
  investigating: 'An analyst works on it.',
  closed: 'It was decided.',
  merged: 'Another case tells this story.',
  dissolved: 'What opened it was taken away before anybody looked.',
};

const FAMILY_LABELS: Readonly<Record<Family, string>> = {
  'remote-access': 'remote access',
  hardware: 'hardware',
  egress: 'egress',
  presence: 'presence',
  identity: 'identity',
  tamper: 'tampering',
};

export function familyText(family: Family): string {
  return FAMILY_LABELS[family];
}

/** Why a case stands, in one line: `2 critical findings; three families within 14 days: egress, hardware and presence`. */
export function triggersText(triggers: readonly Trigger[]): string {
  const critical = triggers.filter(({ by }) => by === 'critical').length;
  const families = triggers.flatMap((trigger) =>
    trigger.by === 'families'
      ? [`${trigger.families.length} families within 14 days: ${trigger.families.map(familyText).join(', ')}`]
      : [],
  );
  return [...(critical > 0 ? [plural(critical, 'critical finding')] : []), ...new Set(families)].join('; ');
}

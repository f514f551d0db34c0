import type { Manifest } from '../../../shared/pack.ts';
import type { CoveredAdvisory } from '../../detect/advisory-coverage.ts';
import type { FairnessRow } from '../../detector/fairness.ts';
import type { Attribution } from '../../intel/attributions.ts';
import { coverageSection } from './coverage-section.ts';
import { type Block, type Document, text } from './document.ts';
import { findingsSection } from './findings-section.ts';
import { methodSections } from './method-sections.ts';
import {
  casesSection,
  gapsSection,
  peopleSection,
  permissionsSection,
  removedSection,
} from './record-sections.ts';
import type { Tally } from './tally.ts';
import { counted, list, numbered, share } from './words.ts';

export interface ReportFacts
  extends Pick<Manifest, 'createdAt' | 'requestedBy' | 'scope' | 'version' | 'catalog'> {
  readonly tally: Tally;
  /** Of the key that signs the pack. */
  readonly fingerprint: string;
  readonly advisories: readonly CoveredAdvisory[];
  /** Undefined where the pack is not about everybody. */
  readonly fairness: readonly FairnessRow[] | undefined;
  readonly attributions: readonly Attribution[];
  /** Records of the catalog that rest on general knowledge. */
  readonly unconfirmed: { readonly tools: number; readonly of: number };
}

/** What a pack holds, told for people: a pure function of its numbers. */
export function reportOf(facts: ReportFacts): Document {
  const { scope, createdAt, version } = facts;
  return {
    title: 'Farhand audit report',
    subtitle: `${dayOf(scope.from)} to ${lastDayOf(scope)} (UTC), made ${momentOf(createdAt)} by Farhand ${version}`,
    sections: [
      { title: 'Summary', blocks: summary(facts) },
      { title: 'What was asked for', blocks: asked(facts) },
      coverageSection(facts.tally),
      findingsSection(facts.tally),
      casesSection(facts.tally),
      permissionsSection(facts.tally),
      gapsSection(facts.tally),
      peopleSection(facts.tally),
      removedSection(facts.tally),
      ...methodSections(facts),
    ],
  };
}

function summary({ tally, scope }: ReportFacts): readonly Block[] {
  const { evidence, coverage, findings, gaps, days } = tally;
  const sums = { due: 0, observed: 0, resting: 0, unobserved: 0 };
  for (const one of coverage.values()) {
    sums.due += one.due;
    sums.observed += one.observed;
    sums.resting += one.resting;
    sums.unobserved += one.unobserved;
  }
  const outcomes = new Map<string, number>();
  for (const { outcomes: each } of findings.values())
    for (const [outcome, count] of each) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count);
  const all = [...outcomes.values()].reduce((sum, count) => sum + count, 0);
  const missing = [...gaps.values()].reduce((sum, { missing: numbers }) => sum + numbers, 0);
  const rows = (name: string) => tally.rows.get(name) ?? 0;
  return [
    text(
      `The pack is about ${counted(rows('contractors'), 'contractor')} with ${counted(rows('endpoints'), 'endpoint')}.`,
      `It holds ${counted(evidence.batches, 'sealed batch', 'sealed batches')} of evidence from ${counted(evidence.endpoints.size, 'endpoint')}${scope.redact ? ', by their seals alone' : ''}, and ${counted(rows('spans'), 'span')}.`,
    ),
    text(
      sums.due === 0
        ? 'Nothing was due to be observed.'
        : `Of the time that was due, ${share(sums.observed, sums.due)} was observed; for ${share(sums.resting, sums.due)} machines slept or were shut down; of ${share(sums.unobserved, sums.due)} nobody knows what went on.`,
      missing === 0
        ? 'The gap ledger names no missing observation.'
        : `The gap ledger names ${counted(missing, 'missing observation')}.`,
    ),
    text(
      all === 0
        ? 'There is no finding.'
        : `There are ${counted(all, 'finding')}: ${list([...outcomes].map(([outcome, count]) => `${numbered(count)} ${outcome}`))}.`,
      `${counted(rows('cases'), 'case')} and ${counted(rows('proposals'), 'proposal')} for exceptions or settings belong to the range.`,
    ),
    text(
      days.count === 0
        ? 'No day was under a signed root yet.'
        : `${counted(days.count, 'day')} from ${days.first} to ${days.last} ${days.count === 1 ? 'is' : 'are'} under signed roots.`,
      'What this report says is taken from the tables beside it, which the pack’s signature covers; findings are contradictions for people to judge, not verdicts about people.',
    ),
  ];
}

function asked(facts: ReportFacts): readonly Block[] {
  const { scope, requestedBy, createdAt, version, catalog, fingerprint } = facts;
  const narrowed = [
    ...scope.contractors.map((id) => `contractor ${id}`),
    ...scope.endpoints.map((id) => `endpoint ${id}`),
    ...scope.cases.map((id) => `case ${id}`),
  ];
  const named = narrowed.slice(0, MOST_NAMED).join(', ');
  const more = narrowed.length > MOST_NAMED ? ` and ${narrowed.length - MOST_NAMED} more` : '';
  return [
    {
      kind: 'facts',
      rows: [
        ['Asked for by', `${requestedBy.actor} (${requestedBy.source})`],
        ['Made', momentOf(createdAt)],
        ['From', momentOf(scope.from)],
        ['Up to, not in it', momentOf(scope.to)],
        ['About', narrowed.length === 0 ? 'everybody' : `${named}${more}`],
        ['Redacted', scope.redact ? 'yes' : 'no'],
        ['Farhand', version],
        ['Catalog', catalog],
        ['Key that signs', fingerprint],
      ],
    },
    ...(scope.redact
      ? [
          text(
            'Redacted: contractors’ names, accounts, hosts and the ends of addresses are replaced, and of batches only the seals are there.',
            'Ids of contractors and endpoints stay, and so do the names of staff who asked, approved and decided: who did what is what an audit is about.',
          ),
        ]
      : []),
  ];
}

const MOST_NAMED = 30;

function dayOf(at: string): string {
  return at.slice(0, 10);
}

function lastDayOf({ to }: Manifest['scope']): string {
  return dayOf(new Date(Date.parse(to) - 1).toISOString());
}

function momentOf(at: string): string {
  return `${dayOf(at)} ${at.slice(11, 16)} UTC`;
}

import type { CoveredAdvisory } from '../../detect/advisory-coverage.ts';
import type { FairnessRow } from '../../detector/fairness.ts';
import { type Block, type Section, table, text } from './document.ts';
import type { ReportFacts } from './report.ts';
import { counted } from './words.ts';

type MethodFacts = Pick<
  ReportFacts,
  'advisories' | 'attributions' | 'fairness' | 'fingerprint' | 'tally' | 'unconfirmed'
>;

/** How Farhand judges, how evenly, and what it cannot know. */
export function methodSections(facts: MethodFacts): readonly Section[] {
  return [
    { title: 'Published indicators', blocks: advisoryBlocks(facts.advisories) },
    { title: 'Fairness', blocks: fairnessBlocks(facts.fairness) },
    { title: 'Method', blocks: METHOD },
    { title: 'What Farhand cannot see', blocks: LIMITS },
    { title: 'What verification proves', blocks: proofBlocks(facts.fingerprint) },
    { title: 'Reference data', blocks: dataBlocks(facts) },
  ];
}

function advisoryBlocks(advisories: readonly CoveredAdvisory[]): readonly Block[] {
  const answered = advisories.filter(({ rules }) => rules.length > 0);
  return [
    text(
      `Of ${counted(advisories.length, 'published indicator')} in the catalog, rules answer ${answered.length}. For each other one stands why none does.`,
      'An indicator marked unconfirmed was taken over by what is generally known of its source, whose text was not read.',
    ),
    table(
      [
        { text: 'Indicator', share: 3.4 },
        { text: 'Source', share: 1.6 },
        { text: 'Answered by', share: 2.6 },
      ],
      advisories.map(({ indicator, publisher, published, confidence, rules, reason }) => [
        `${indicator}${confidence === 'unconfirmed' ? ' (unconfirmed)' : ''}`,
        `${publisher}, ${published}`,
        rules.length > 0 ? rules.join(', ') : `No rule. ${reason ?? ''}`,
      ]),
      { none: 'The catalog has no indicator.' },
    ),
  ];
}

function fairnessBlocks(rows: readonly FairnessRow[] | undefined): readonly Block[] {
  const words = text(
    'No rule reads a name, nationality, ethnicity, gender, age, language or keyboard layout. Whether findings fall more often on some is looked at by the countries that contractors declared, over all that the collector holds.',
    'Months are of 30 days with an endpoint; whoever declared several countries is counted with each. Settled findings were taken back or are covered by an exception: where many are, rules may bear on honest people. A few contractors prove nothing.',
  );
  if (!rows)
    return [
      words,
      text('The pack was narrowed, and this would tell of others; ask for one about everybody.'),
    ];
  return [
    words,
    table(
      [
        { text: 'Declared', share: 1.4 },
        { text: 'Contractors', numeric: true },
        { text: 'Months', numeric: true },
        ...['Critical', 'High', 'Medium', 'Low', 'Settled'].map((head) => ({
          text: head,
          numeric: true as const,
          share: 0.8,
        })),
        { text: 'Per 100 months', numeric: true, share: 1.2 },
        { text: 'To all', numeric: true, share: 0.8 },
      ],
      rows.map(({ country, contractors, months, findings, settled, rate, ratio }) => [
        ...[country, String(contractors), months.toFixed(1)],
        ...[findings.critical, findings.high, findings.medium, findings.low, settled].map(String),
        rate === null ? '–' : rate.toFixed(1),
        ratio === null ? '–' : `${ratio.toFixed(2)}×`,
      ]),
      { none: 'There is nobody to compare.' },
    ),
  ];
}

const METHOD: readonly Block[] = [
  text(
    'An agent on each issued machine notes facts: remote-access tools and VPNs that the catalog names, sessions, network and display hardware, time zone, minutes of use. It numbers and signs them with a key of its own machine, and drops nothing before the collector has stored it.',
    'The collector notes from which address a machine speaks, and looks up the place and kind of that network. Rules then compare all that is known of a contractor, or of a place that several share, with what was declared. Findings show their arithmetic; people decide; nothing is blocked.',
    'Judgement does not depend on the order in which evidence arrives: what comes late is judged as if it had come in time, and a finding may be taken back for it. The rules, their settings and what each cannot see are in tables/rules.',
  ),
];

const LIMITS: readonly Block[] = [
  {
    kind: 'list',
    items: [
      'A machine that its user controls entirely can lie: an agent sees what the operating system shows it. Silence and failing probes are therefore told, and never count as clear.',
      'Hardware that imitates an ordinary keyboard, mouse and monitor exactly looks like one.',
      'A second computer that nobody enrolled is not seen, and neither is what happens on a screen, in calls, files or texts: agents never read those.',
      'Places of addresses are estimates by databases, with a radius; VPNs, mobile networks and satellites hide where somebody is.',
      'Tools that the catalog does not name are not noticed by name.',
      'That nothing was found does not mean that there was nothing; that something was found does not mean that somebody did wrong.',
    ],
  },
];

function proofBlocks(fingerprint: string): readonly Block[] {
  return [
    text(
      'farhand verify, or the verifier as a single file, checks a pack without the collector and without a network.',
    ),
    {
      kind: 'list',
      items: [
        'It proves that every sealed batch was signed by the key of its endpoint and stands in its place in an unbroken chain, that every hole is on the gap ledger or under a signed tombstone, that the action log and the roots of days are chained, and that no file of the pack was changed since it was sealed.',
        'It does not prove that an agent saw everything, that its machine told the truth, that a key was never copied, or that a judgement is right.',
        `Whose key sealed the pack is the pack’s own word unless you compare it: the fingerprint is ${fingerprint}. Whoever runs the collector could sign a whole history anew with a key of their own. Such a pack verifies by itself; it is caught by the fingerprint that you noted down elsewhere (--key), and by roots of days that were written outside as they ended (--anchor).`,
        'This report is covered by the pack’s signature as the tables are. Read it out of a pack that you verified.',
      ],
    },
  ];
}

function dataBlocks({ attributions, tally, unconfirmed }: MethodFacts): readonly Block[] {
  return [
    text(
      `Of ${counted(unconfirmed.of, 'product')} in the catalog, ${unconfirmed.tools} rest on general knowledge that was not confirmed by the product’s own source; what is seen by them deserves a second look.`,
    ),
    ...(tally.intel.length > 0
      ? [
          text('Places and networks of addresses in the range were told by:'),
          { kind: 'list' as const, items: tally.intel.slice(0, MOST_VERSIONS) },
        ]
      : [text('No address of the range was looked up in a database.')]),
    ...(attributions.length > 0
      ? [
          text('The licenses of these data ask to name:'),
          { kind: 'list' as const, items: attributions.map(({ text: words, url }) => `${words}, ${url}`) },
        ]
      : []),
  ];
}

const MOST_VERSIONS = 20;

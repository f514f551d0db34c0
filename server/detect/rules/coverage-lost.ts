import * as z from 'zod';
import { HOUR, instant, millis } from '../../../shared/time.ts';
import { lengthMs } from '../periods.ts';
import { defineRule, type Match } from '../rule.ts';
import type { ContractorTimeline, Period, Span } from '../timeline.ts';
import { during, listed, moment } from '../wording.ts';

const ADA = { contractor: { id: 'ada' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const agent = (at: string, probes: object) => ({
  at,
  endpoint: 'laptop-1',
  began: { kind: 'agent', version: '0.1.0', catalog: '1', policy: '1', boot: 'boot-1', probes },
});
const NOW = { now: '2026-03-06T14:00:00.000Z' };

export const coverageLost = defineRule({
  id: 'coverage-lost',
  title: 'Agent can no longer see what it saw, or never could',
  scope: 'contractor',
  family: 'tamper',
  severity: 'medium',
  advisories: ['us-2022-mitigation-2'],
  attack: ['T1685'],
  contradicts: [],
  watches: [],
  reads: ['agent'],
  settings: z.strictObject({
    hours: z
      .number()
      .min(0.5)
      .max(720)
      .default(4)
      .describe('A probe has to be denied or to fail for longer than this at a stretch.'),
    highFrom: z.int().min(2).max(30).default(4).describe('From so many lost probes at once on, it is high.'),
    ignored: z
      .array(z.string().max(64))
      .max(50)
      .default([])
      .describe('Probes whose loss does not matter here, such as "display".'),
  }),
  falsePositives: [
    'A system upgrade that took a permission away: other machines of that version lost it on the same day.',
    'An agent that was installed without the rights it needs: `farhand-agent doctor` says which and how to give them.',
  ],
  blindSpots: [
    'A probe that is fed with false answers calls itself ok.',
    'What was lost before the look-back window looks like what never worked.',
  ],
  triage: [
    'See at what moment the probe was lost, and which tools, sessions and boots lie around it.',
    'Compare with other machines of the same system and version: who is alone with it took it away.',
    'Have `farhand-agent doctor` run on the machine and give back what it asks for.',
  ],
  evaluate(timeline, settings) {
    const byEndpoint = Map.groupBy(timeline.spans('agent'), ({ endpoint }) => endpoint);
    return [...byEndpoint].flatMap(([endpoint, words]) => {
      const probes = [...new Set(words.flatMap(({ fact }) => Object.keys(fact.probes)))].toSorted();
      const blind = probes
        .filter((probe) => !settings.ignored.includes(probe))
        .slice(0, MOST_PROBES)
        .flatMap((probe) => blindnessOf(probe, words))
        .filter((blindness) => isLong(blindness, timeline, settings.hours));
      const [lost, never] = [blind.filter(({ saw }) => saw), blind.filter(({ saw }) => !saw)];
      return [
        ...matchOf('lost', { endpoint, timeline, blind: lost, settings }),
        ...matchOf('never', { endpoint, timeline, blind: never, settings }),
      ];
    });
  },
  examples: [
    {
      name: 'A permission is taken away',
      story: [
        ADA,
        LAPTOP,
        agent('2026-03-02T14:00:00.000Z', { tool: 'ok', session: 'ok' }),
        agent('2026-03-04T14:00:00.000Z', { tool: 'ok', session: 'denied' }),
        NOW,
      ],
      expect: [{ subject: 'ada', key: 'lost:laptop-1', severity: 'medium' }],
    },
    {
      name: 'Four probes fail at once',
      story: [
        ADA,
        LAPTOP,
        agent('2026-03-02T14:00:00.000Z', { tool: 'ok', session: 'ok', control: 'ok', tunnel: 'ok' }),
        agent('2026-03-04T14:00:00.000Z', {
          tool: 'failed',
          session: 'denied',
          control: 'failed',
          tunnel: 'failed',
        }),
        NOW,
      ],
      expect: [{ key: 'lost:laptop-1', severity: 'high' }],
    },
    {
      name: 'A probe never had the right to look',
      story: [ADA, LAPTOP, agent('2026-03-02T14:00:00.000Z', { tool: 'ok', session: 'denied' }), NOW],
      expect: [{ key: 'never:laptop-1', severity: 'low' }],
    },
    {
      name: 'A probe fails for an hour, another has nothing to read on this system',
      story: [
        ADA,
        LAPTOP,
        agent('2026-03-02T14:00:00.000Z', { tool: 'ok', display: 'unsupported' }),
        agent('2026-03-03T14:00:00.000Z', { tool: 'failed', display: 'unsupported' }),
        agent('2026-03-03T15:00:00.000Z', { tool: 'ok', display: 'unsupported' }),
        NOW,
      ],
      expect: [],
    },
  ],
});

/** Many more than there are: an agent may name any. */
const MOST_PROBES = 64;

interface Blindness extends Period {
  readonly probe: string;
  readonly health: string;
  /** It was ok before. */
  readonly saw: boolean;
  readonly spans: readonly string[];
}

/** The latest stretch in which a probe was denied or failed; the agent's own pauses do not break it. */
function blindnessOf(probe: string, words: readonly Span<'agent'>[]): readonly Blindness[] {
  const blind = (word: Span<'agent'> | undefined) => {
    const health = word?.fact.probes[probe];
    return health === 'denied' || health === 'failed';
  };
  const last = words.findLastIndex(blind);
  const first = words.findLastIndex((word, index) => index < last && !blind(word)) + 1;
  const [begin, end, next] = [words[first], words[last], words[last + 1]];
  if (!begin || !end) return [];
  const to = next ? next.from : end.to;
  return [
    {
      probe,
      health: end.fact.probes[probe] ?? '',
      saw: words.slice(0, first).some(({ fact }) => fact.probes[probe] === 'ok'),
      spans: words.slice(first, last + 1).map(({ id }) => id),
      from: begin.from,
      ...(to !== undefined && { to }),
    },
  ];
}

function isLong(blindness: Blindness, { now }: ContractorTimeline, hours: number): boolean {
  return blindness.to === undefined || lengthMs(blindness, now) > hours * HOUR;
}

function matchOf(
  key: 'lost' | 'never',
  about: {
    readonly endpoint: string;
    readonly timeline: ContractorTimeline;
    readonly blind: readonly Blindness[];
    readonly settings: { readonly hours: number; readonly highFrom: number };
  },
): readonly Match[] {
  const { endpoint, timeline, blind, settings } = about;
  const least = settings.hours * HOUR;
  const long = blind.filter((each) => lengthMs(each, timeline.now) > least);
  const counted = long.length > 0 ? long : blind;
  const [first] = counted.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  if (!first) return [];
  const ends = counted.map(({ to }) => to);
  const last = ends.filter((to) => to !== undefined).toSorted();
  const period: Period =
    ends.includes(undefined) || last.length === 0
      ? { from: first.from }
      : { from: first.from, to: last.at(-1) ?? first.from };
  const probes = counted.map(({ probe }) => probe);
  const what = key === 'lost' ? 'can no longer see' : 'could never see';
  const grave = counted.length >= settings.highFrom ? 'high' : 'medium';
  return [
    {
      key: `${key}:${endpoint}`,
      severity: key === 'lost' ? grave : 'low',
      reason: `The agent of ${endpoint} ${what} ${listed(probes)} ${during(period)}.`,
      arithmetic: [
        {
          label: 'probes',
          value: listed(
            counted.map(({ probe, health, from }) => `${probe} ${health} since ${moment(from)}`),
            20,
          ),
        },
        { label: 'longer than', value: `${settings.hours} h` },
      ],
      spans: [...new Set(counted.flatMap(({ spans }) => spans))],
      ...period,
      ...(long.length === 0 && { holdsFrom: instant(millis(first.from) + least + 1) }),
    },
  ];
}

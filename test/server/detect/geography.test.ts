import { describe, expect, it } from 'vitest';
import { crowdsOf } from '../../../server/detect/crowds.ts';
import { judge } from '../../../server/detect/engine.ts';
import { touches } from '../../../server/detect/periods.ts';
import type { Rule } from '../../../server/detect/rule.ts';
import { anonymizingEgress } from '../../../server/detect/rules/anonymizing-egress.ts';
import { firstSeenElsewhere } from '../../../server/detect/rules/first-seen-elsewhere.ts';
import { impossibleTravel } from '../../../server/detect/rules/impossible-travel.ts';
import { latencyContradiction } from '../../../server/detect/rules/latency-contradiction.ts';
import { manyNetworks } from '../../../server/detect/rules/many-networks.ts';
import { reshippedEndpoint } from '../../../server/detect/rules/reshipped-endpoint.ts';
import { vpnDropExposure } from '../../../server/detect/rules/vpn-drop-exposure.ts';
import { parseSettings } from '../../../server/detect/settings.ts';
import { storyFrom, timelinesOf } from '../../../server/detect/story.ts';
import { contractorTimelineOf } from '../../../server/detect/timeline-of.ts';
import { reconcile } from '../../../server/detector/reconcile.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import type { Finding } from '../../../shared/finding.ts';
import { DAY, HOUR, instant, MINUTE, millis } from '../../../shared/time.ts';
import { BAD } from '../../stories/lives/bad.ts';
import { randomOf } from '../../stories/lives/random.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'] } };
const laptop = (id = 'laptop-1') => ({
  endpoint: { id, contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' },
});
const START = millis('2026-03-02T14:00:00.000Z');
const at = (minutes: number, egress: object, endpoint = 'laptop-1') => ({
  at: instant(START + minutes * MINUTE),
  endpoint,
  began: { kind: 'egress', networkClass: 'residential', country: 'US', ...egress },
});
const left = (minutes: number, ip: string, endpoint = 'laptop-1') => ({
  at: instant(START + minutes * MINUTE),
  endpoint,
  ended: { kind: 'egress', ip },
});

function judged(rule: Rule, lines: readonly object[], settings: object = {}) {
  const [timeline] = timelinesOf(storyFrom(lines));
  if (!timeline) throw new Error('the story has nobody');
  const judging = { rules: [rule], settings: parseSettings([rule], { [rule.id]: settings }) };
  return judge(timeline, { ...judging, exceptions: [], catalog: CATALOG });
}

const figure = (judgement: ReturnType<typeof judged>, name: string) =>
  judgement.verdicts[0]?.arithmetic.find(({ label }) => label === name)?.value;

describe('impossible travel', () => {
  const journey = (a: object, b: object, minutes: number) =>
    judged(impossibleTravel, [
      ADA,
      laptop(),
      at(0, { ip: '198.51.100.1', radiusKm: 0, ...a }),
      left(10, '198.51.100.1'),
      at(10 + minutes, { ip: '198.51.100.2', radiusKm: 0, ...b }),
    ]);

  it('takes the short way over the antimeridian', () => {
    const suva = { lat: -18.14, lon: 178.44 };
    expect(journey(suva, { lat: -13.83, lon: -171.77 }, 60).verdicts).toMatchObject([{ severity: 'high' }]);
    expect(figure(journey(suva, { lat: -13.83, lon: -171.77 }, 60), 'at least')).toMatch(/^115\d km/);
    expect(journey({ lat: 0, lon: 179.9 }, { lat: 0, lon: -179.9 }, 1).verdicts).toEqual([]);
  });

  it('counts the least speed that both circles allow', () => {
    // Ten degrees of the equator are 1111.9 km, less two radii of 100 km.
    const [a, b] = [
      { lat: 0, lon: 0, radiusKm: 100 },
      { lat: 0, lon: 10, radiusKm: 100 },
    ];
    expect(figure(journey(a, b, 60), 'speed')).toBe('at least 912 km/h; more than 900 count');
    expect(journey(a, b, 61).verdicts).toEqual([]);
    expect(journey({ ...a, radiusKm: 300 }, { ...b, radiusKm: 315 }, 5).verdicts).toEqual([]);
  });

  it('takes two machines at once in two places for a journey in a minute', () => {
    const found = judged(impossibleTravel, [
      ADA,
      laptop(),
      laptop('laptop-2'),
      at(0, { ip: '198.51.100.1', city: 'Chicago', lat: 41.9, lon: -87.6 }),
      at(30, { ip: '198.51.100.2', city: 'Lima', country: 'PE', lat: -12, lon: -77 }, 'laptop-2'),
    ]);
    expect(found.verdicts).toMatchObject([
      { key: 'PE – US', severity: 'high', from: instant(START + 30 * MINUTE) },
    ]);
    expect(figure(found, 'time between')).toBe('1 min');
  });
});

describe('a VPN that drops', () => {
  const exit = { ip: '203.0.113.9', networkClass: 'vpn' };
  const bare = { ip: '198.51.100.9', country: 'PL' };

  it('is one finding however often it drops, and says how often', () => {
    const lines = [0, 600, 1_200].flatMap((from) => [
      at(from, exit),
      at(from + 60, bare),
      at(from + 64, exit),
    ]);
    const once = judged(vpnDropExposure, [ADA, laptop(), ...lines.slice(0, 3)]);
    const often = judged(vpnDropExposure, [ADA, laptop(), ...lines]);
    expect(often.verdicts).toHaveLength(1);
    expect(often.verdicts[0]).toMatchObject({ key: once.verdicts[0]?.key, from: once.verdicts[0]?.from });
    expect(figure(often, 'drops')).toBe('3');
    expect(figure(often, 'exposed for')).toBe('12 min');
  });

  it('exposes nothing when the bare line comes later or stays longer', () => {
    const later = [at(0, exit), left(60, exit.ip), at(76, bare), at(80, exit)];
    const longer = [at(0, exit), at(60, bare), at(60 + 241, exit)];
    for (const lines of [later, longer])
      expect(judged(vpnDropExposure, [ADA, laptop(), ...lines]).verdicts).toEqual([]);
  });

  it('does not take the organization’s own network for something that hides', () => {
    const own = { ip: '192.0.2.9', networkClass: 'corporate' };
    const lines = [at(0, own), at(60, bare), at(64, own)];
    expect(judged(vpnDropExposure, [ADA, laptop(), ...lines]).verdicts).toEqual([]);
  });
});

describe('what time alone completes', () => {
  it('is a VPN session that goes on for twelve hours', () => {
    const lines = [ADA, laptop(), at(0, { ip: '203.0.113.9', networkClass: 'vpn' })];
    const early = judged(anonymizingEgress, [...lines, { now: instant(START + 11 * HOUR) }]);
    expect(early).toMatchObject({ verdicts: [], again: instant(START + 12 * HOUR) });
    const late = judged(anonymizingEgress, [...lines, { now: instant(START + 12 * HOUR) }]);
    const later = judged(anonymizingEgress, [...lines, { now: instant(START + 40 * HOUR) }]);
    expect(late.verdicts).toHaveLength(1);
    expect(later.verdicts).toEqual(late.verdicts);
  });

  it('is a first connection elsewhere that goes on for two days', () => {
    const lines = [ADA, laptop(), at(0, { ip: '198.51.100.9', country: 'PL' })];
    const early = judged(firstSeenElsewhere, [...lines, { now: instant(START + 47 * HOUR) }]);
    expect(early).toMatchObject({ verdicts: [], again: instant(START + 48 * HOUR) });
    const late = judged(firstSeenElsewhere, [...lines, { now: instant(START + 48 * HOUR) }]);
    const later = judged(firstSeenElsewhere, [...lines, { now: instant(START + 70 * HOUR) }]);
    expect(late.verdicts).toHaveLength(1);
    expect(later.verdicts).toEqual(late.verdicts);
  });
});

describe('the first check-ins', () => {
  it('take reconnecting within minutes for one', () => {
    const line = { ip: '198.51.100.9', country: 'PL' };
    const lines = [0, 20, 40].flatMap((from) => [at(from, line), left(from + 15, line.ip)]);
    expect(judged(firstSeenElsewhere, [ADA, laptop(), ...lines]).verdicts).toEqual([]);
  });

  it('are not judged while one of them is on no point', () => {
    const line = { ip: '198.51.100.9', country: 'PL' };
    const lines = ['residential', 'mobile', 'satellite'].map((networkClass, index) => [
      at(index * 600, { ...line, networkClass }),
      left(index * 600 + 60, line.ip),
    ]);
    const [home = [], mobile = [], satellite = []] = lines;
    const third = [at(1_800, line)];
    expect(judged(firstSeenElsewhere, [ADA, laptop(), ...home, ...mobile, ...third]).verdicts).toHaveLength(
      1,
    );
    expect(judged(firstSeenElsewhere, [ADA, laptop(), ...home, ...satellite, ...third]).verdicts).toEqual([]);
  });
});

describe('many networks', () => {
  it('stay one finding while more come', () => {
    const lines = [1, 2, 3, 4, 5, 6].map((index) =>
      at(index * 60, { ip: `198.51.100.${index}`, asn: 64_496 + index }),
    );
    const [four] = judged(manyNetworks, [ADA, laptop(), ...lines.slice(0, 4)]).verdicts;
    const [six] = judged(manyNetworks, [ADA, laptop(), ...lines]).verdicts;
    expect(six).toMatchObject({ key: four?.key, from: four?.from });
    expect(four?.reason).toContain('4 networks within a day');
    expect(six?.reason).toContain('6 networks within a day');
  });
});

describe('crowds', () => {
  it('are those that trying every window finds', () => {
    const random = randomOf(20_261_122);
    const periods = Array.from({ length: 120 }, () => {
      const from = START + random.int(0, 20_000) * MINUTE;
      const goesOn = random.chance(0.02);
      const to = instant(from + random.int(0, 900) * MINUTE);
      return { from: instant(from), ...(!goesOn && { to }), name: `n${random.int(0, 9)}` };
    }).toSorted((a, b) => (a.from < b.from ? -1 : 1));
    const counts = periods.map(({ from }) => {
      const window = { from: instant(millis(from) - DAY), to: from };
      return new Set(periods.filter((period) => touches(period, window)).map(({ name }) => name)).size;
    });
    const crowds = crowdsOf(periods, { nameOf: ({ name }) => name, withinMs: DAY, least: 6 });
    expect(crowds.most).toHaveLength(Math.max(...counts));
    const enough = periods.filter((_, index) => (counts[index] ?? 0) >= 6);
    expect(enough.length).toBeGreaterThan(0);
    expect(crowds.period?.to).toBe(enough.at(-1)?.from);
    expect(crowds.windows[0]?.from).toBe(instant(millis(enough[0]?.from ?? '') - DAY));
  });
});

describe('latency', () => {
  const chicago = { ip: '198.51.100.7', city: 'Chicago', lat: 41.88, lon: -87.63, radiusKm: 20 };
  const hour = (index: number, minMs: number) => ({
    at: instant(START + (index + 1) * HOUR),
    endpoint: 'laptop-1',
    noted: { kind: 'latency', hour: instant(START + index * HOUR), minMs, medianMs: minMs, count: 60 },
  });
  const quick = (ms: number, collector: object) =>
    judged(latencyContradiction, [ADA, laptop(), at(0, chicago), hour(0, ms), hour(1, ms)], { collector });

  it('contradicts a place as soon as the answer is quicker than the straight line', () => {
    // From Frankfurt to Chicago are 6967 km, less the radius.
    const frankfurt = { lat: 50.11, lon: 8.68 };
    expect(quick(69, frankfurt).verdicts).toMatchObject([{ key: 'laptop-1:US Chicago', severity: 'medium' }]);
    expect(quick(70, frankfurt).verdicts).toEqual([]);
  });

  it('contradicts nothing beside the collector', () => {
    expect(quick(0, { lat: 41.9, lon: -87.6 }).verdicts).toEqual([]);
  });
});

describe('a finding whose evidence leaves the window', () => {
  const lives = [
    'vpn-direct-worker',
    'vpn-drop',
    'delivered-somewhere-else',
    'two-countries-in-an-hour',
    'reshipped-laptop',
  ] as const;
  const rules = [
    anonymizingEgress,
    vpnDropExposure,
    firstSeenElsewhere,
    impossibleTravel,
    manyNetworks,
    reshippedEndpoint,
  ];

  it.each(lives)('stays when %s ages', (name) => {
    const story = storyFrom(BAD[name].live(randomOf(3)).story);
    const [contractor] = story.contractors;
    if (!contractor) throw new Error('the story has nobody');
    let findings: readonly Finding[] = [];
    const end = millis(story.now);
    for (let now = end; now < end + 32 * DAY; now += 2 * HOUR) {
      const window = { now: instant(now), since: instant(now - 30 * DAY) };
      const spans = story.spans.filter((span) => touches(span, { from: window.since, to: window.now }));
      const timeline = contractorTimelineOf({ ...window, contractor, endpoints: story.endpoints, spans });
      const judging = { rules, settings: parseSettings(rules), exceptions: [], catalog: CATALOG };
      const changes = reconcile(findings, {
        timeline,
        judgement: judge(timeline, judging),
        rules: new Set(rules.map(({ id }) => id)),
      });
      expect(changes.filter(({ outcome }) => outcome === 'retracted')).toEqual([]);
      const byId = new Map([...findings, ...changes].map((finding) => [finding.id, finding]));
      findings = [...byId.values()];
    }
    expect(findings.some(({ rule }) => BAD[name].expects.some((expected) => expected === rule))).toBe(true);
  });
});

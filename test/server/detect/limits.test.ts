import { describe, expect, it } from 'vitest';
import { judge } from '../../../server/detect/engine.ts';
import { defineRule } from '../../../server/detect/rule.ts';
import { RULES } from '../../../server/detect/rules/index.ts';
import { unapprovedRemoteTool } from '../../../server/detect/rules/unapproved-remote-tool.ts';
import { parseSettings } from '../../../server/detect/settings.ts';
import { MOST_SPANS, type Span } from '../../../server/detect/timeline.ts';
import { contractorTimelineOf, placeTimelineOf } from '../../../server/detect/timeline-of.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import type { Declaration } from '../../../shared/declaration.ts';
import { FACTS, type Fact } from '../../../shared/facts.ts';
import { DAY, HOUR, instant, MINUTE, millis } from '../../../shared/time.ts';

const SINCE = '2026-03-01T00:00:00.000Z';
const NOW = '2026-03-31T00:00:00.000Z';
const judging = { rules: RULES, settings: parseSettings(RULES), exceptions: [], catalog: CATALOG };
const DECLARATION: Declaration = {
  ...{ countries: ['US'], timezone: 'America/Chicago', approvedTools: ['teamviewer'] },
  workHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' },
};

const hash = (index: number) => `k1:${String(index).padStart(43, 'A')}`;
const ip = (index: number) => `198.51.${(index >> 8) & 255}.${index & 255}`;

/** What an endpoint, or whoever holds its key, may say again and again, each time a little different. */
const CHATTER: Readonly<Record<string, (index: number) => Fact>> = {
  'unknown remote tools': (index) => ({
    ...{ kind: 'tool', tool: `tool-${index}`, category: 'remote-access', state: 'running', signs: [] },
  }),
  'unknown VPNs': (index) => ({
    ...{ kind: 'tool', tool: `vpn-${index}`, category: 'vpn', state: 'running', signs: [] },
  }),
  jigglers: (index) => ({
    ...{ kind: 'tool', tool: `jiggler-${index % 2}`, category: 'keep-awake', state: 'running', signs: [] },
  }),
  listeners: (index) => ({ kind: 'listener', proto: 'tcp', port: index % 65_536, scope: 'any' }),
  sessions: (index) => ({
    ...{ kind: 'session', user: `u${index}`, method: 'rdp', from: ip(index), startedAt: instant(index) },
  }),
  controls: (index) => ({ kind: 'control', tool: `tool-${index}`, peer: ip(index) }),
  tunnels: (index) => ({ kind: 'tunnel', interface: `tun${index}`, type: 'tun', routes: 'full', dns: true }),
  'owned tunnels': (index) => ({
    ...{ kind: 'tunnel', interface: 'tun0', type: 'tun', tool: `vpn-${index}`, routes: 'full', dns: true },
  }),
  clocks: (index) => ({
    ...(index % 2 === 0
      ? { kind: 'clock', timezone: 'Asia/Tokyo', utcOffsetMinutes: 540 }
      : { kind: 'clock', timezone: 'Europe/Berlin', utcOffsetMinutes: 60 }),
  }),
  machines: (index) => ({
    ...{ kind: 'platform', os: 'linux', name: 'Debian', version: '13', arch: 'x64', chassis: 'laptop' },
    ...{ serial: hash(index), bootedAt: instant(millis(SINCE) + index * MINUTE) },
  }),
  'USB devices': (index) => ({
    ...{ kind: 'peripheral', vendorId: (index % 65_536).toString(16).padStart(4, '0'), productId: '0001' },
    ...{ confidence: 'shape', interfaces: ['boot-keyboard', 'absolute-pointer', 'storage'] },
  }),
  'KVMs that nobody knows': (index) => ({
    ...{ kind: 'peripheral', vendorId: '1209', productId: '0001', match: `kvm-${index}` },
    ...{ confidence: 'exact', interfaces: ['boot-keyboard'] },
  }),
  monitors: (index) => ({
    ...{ kind: 'display', manufacturer: 'XXX', model: `m${index}`, widthMm: 0, heightMm: 0 },
  }),
  hours: (index) => ({
    ...{ kind: 'activity', hour: instant(millis(SINCE) + index * HOUR), local: 30, remote: 20, locked: 0 },
  }),
  sleeps: (index) => ({
    kind: 'suspend',
    from: instant(millis(SINCE) + index * MINUTE),
    until: instant(millis(SINCE) + (index + 3) * MINUTE),
  }),
  'agents of one boot': (index) => agent('boot', index % 2 === 0 ? 'denied' : 'ok'),
  'agents of many boots': (index) => agent(`boot-${index}`, 'denied'),
  networks: (index) => ({
    ...{ kind: 'network', interface: 'eth0', gateway: hash(index), medium: 'wired', prefix: '192.0.2.0/24' },
  }),
  addresses: (index) => ({
    ...{ kind: 'egress', ip: ip(index), country: index % 2 === 0 ? 'PL' : 'US', asn: 64_496 + (index % 16) },
    ...{ networkClass: 'residential', lat: (index % 120) - 60, lon: index % 180, radiusKm: 20 },
  }),
  peers: (index) => ({ kind: 'peer', ip: ip(index), by: 'session', country: 'PL', networkClass: 'hosting' }),
  connections: (index) => ({ kind: 'presence', connection: `c${index}` }),
  'round trips': (index) => ({
    ...{ kind: 'latency', hour: instant(millis(SINCE) + index * HOUR), minMs: 3, medianMs: 9, count: 20 },
  }),
  gaps: (index) => ({ kind: 'gap', epoch: '0'.repeat(32), first: index, last: index, cause: 'unknown' }),
  'sign-ins': (index) => ({
    ...{ kind: 'sign-in', id: `s${index}`, provider: 'okta', app: 'mail', ip: ip(index), result: 'success' },
  }),
};

const ALL_OK = Object.fromEntries(Object.keys(FACTS).map((kind) => [kind, 'ok' as const]));

function agent(boot: string, health: 'ok' | 'denied'): Fact {
  return {
    kind: 'agent',
    version: '1',
    catalog: '1',
    policy: '1',
    boot,
    probes: { ...ALL_OK, display: health },
  };
}

/** How spans may lie beside each other: from their number to beginning and end in minutes. */
const SHAPES: Readonly<Record<string, (index: number) => readonly [number, number | undefined]>> = {
  'one after the other': (index) => [index * 10, index * 10 + 5],
  overlapping: (index) => [index * 3, index * 3 + 1_440],
  'all open': (index) => [index, undefined],
  'in reverse': (index) => [index * 10 + 5, index * 10],
};

interface Looks {
  count: number;
}

/** A span that counts how often somebody looks at it. */
function watched(span: Span, looks: Looks): Span {
  return new Proxy(span, {
    get(target, name) {
      looks.count += 1;
      return Reflect.get(target, name);
    },
  });
}

function spansOf(
  count: number,
  factOf: (index: number) => Fact,
  shape: (index: number) => readonly [number, number | undefined],
): readonly Span[] {
  return Array.from({ length: count }, (_, index) => {
    const fact = factOf(index);
    const [from, to] = shape(index).map((at) =>
      at === undefined ? undefined : instant(millis(SINCE) + at * MINUTE),
    );
    return {
      ...{ id: String(index).padStart(6, '0'), endpoint: 'laptop-1', contractor: 'ada', kind: fact.kind },
      ...{ key: String(index), source: 'agent', from: from ?? SINCE, fact, ...(to !== undefined && { to }) },
    };
  });
}

function timelineOf(spans: readonly Span[]) {
  return contractorTimelineOf({
    contractor: { id: 'ada', declaration: DECLARATION },
    endpoints: [{ id: 'laptop-1', contractor: 'ada', enrolledAt: SINCE }],
    spans,
    ...{ now: NOW, since: SINCE },
  });
}

/** How often each rule looks at the spans of a timeline. */
function looksOf(spans: readonly Span[]): ReadonlyMap<string, number> {
  const looks: Looks = { count: 0 };
  const timeline = timelineOf(spans.map((span) => watched(span, looks)));
  // What is put in order once for all rules is no rule's doing.
  for (const { watches, reads = [] } of RULES)
    for (const kind of [...watches, ...reads]) timeline.spans(kind);
  return new Map(
    RULES.map((rule) => {
      looks.count = 0;
      expect(judge(timeline, { ...judging, rules: [rule] }).failures).toEqual([]);
      return [rule.id, looks.count];
    }),
  );
}

describe('a rule', () => {
  const kinds = Object.values(CHATTER);
  const everything = (index: number) => kinds[index % kinds.length]?.(index) ?? agent('boot', 'ok');

  it.each(Object.entries(SHAPES))('looks four times as often at four times the spans, %s', (_, shape) => {
    const crowds = [...Object.entries(CHATTER), ['everything at once', everything] as const];
    const excessive = crowds.flatMap(([name, factOf]) => {
      const few = looksOf(spansOf(500, factOf, shape));
      const many = looksOf(spansOf(2_000, factOf, shape));
      return [...many]
        .filter(([rule, count]) => count > 1_000 + 6.5 * (few.get(rule) ?? 0))
        .map(([rule, count]) => [name, rule, few.get(rule), count]);
    });
    expect(excessive).toEqual([]);
  });

  it.each(['unknown remote tools', 'jigglers', 'agents of one boot', 'connections'])(
    'copes with as many %s as a timeline holds',
    (name) => {
      const factOf = CHATTER[name] ?? never;
      const timeline = timelineOf(spansOf(MOST_SPANS, factOf, (index) => [index / 10, index / 10 + 0.05]));
      const { failures, verdicts } = judge(timeline, judging);
      expect(failures).toEqual([]);
      expect(Math.max(0, ...verdicts.map(({ spans }) => spans.length))).toBeLessThanOrEqual(200);
      expect(verdicts.length).toBeLessThanOrEqual(501 * RULES.length);
    },
  );

  it('that matches without end counts for the earliest, and is undetermined besides', () => {
    const timeline = timelineOf(
      spansOf(600, CHATTER['unknown remote tools'] ?? never, (index) => [index, undefined]),
    );
    const { verdicts } = judge(timeline, { ...judging, rules: [unapprovedRemoteTool] });
    expect(verdicts.filter(({ outcome }) => outcome === 'open').map(({ key }) => key)).toEqual(
      Array.from({ length: 500 }, (_, index) => `tool-${index}`),
    );
    expect(verdicts.filter(({ outcome }) => outcome === 'undetermined')).toMatchObject([
      { outcomeReason: 'it matched more than 500 times, and only the earliest count' },
    ]);
  });
});

describe('a timeline with too much', () => {
  const hours = CHATTER['hours'] ?? never;
  const anydesk: Fact = {
    ...{ kind: 'tool', tool: 'anydesk', category: 'remote-access' },
    state: 'running',
    signs: [],
  };
  const crowded = timelineOf([
    ...spansOf(
      1,
      () => anydesk,
      () => [0, undefined],
    ),
    ...spansOf(MOST_SPANS + 5, hours, (index) => [index / 10, index / 10 + 0.05]).map((span) => ({
      ...span,
      id: `h${span.id}`,
    })),
  ]);

  it('keeps what goes on and what ended last, and begins where nothing is missing', () => {
    expect(crowded.truncated).toBe(true);
    expect(crowded.spans('tool')).toHaveLength(1);
    expect(crowded.spans('activity')).toHaveLength(MOST_SPANS - 1);
    const missing = millis(SINCE) + 5 * (MINUTE / 10) + 0.05 * MINUTE;
    expect(crowded.since).toBe(instant(missing + 1));
    expect(crowded.spans('activity').every(({ to = '' }) => to >= crowded.since)).toBe(true);
  });

  it('leaves every rule that looks at it undetermined, besides what it finds in the rest', () => {
    const { verdicts } = judge(crowded, judging);
    const of = (rule: string) =>
      verdicts.filter((verdict) => verdict.rule.id === rule).map(({ outcome }) => outcome);
    expect(of('unapproved-remote-tool')).toEqual(['open', 'undetermined']);
    expect(of('evidence-gap')).toEqual(['undetermined']);
    expect(of('missing-declaration')).toEqual([]);
  });

  it('does so for a place', () => {
    const visits = Array.from({ length: MOST_SPANS + 1 }, (_, index) => ({
      ...{ span: `v${index}`, contractor: index % 2 === 0 ? 'ada' : 'bob', endpoint: `laptop-${index % 2}` },
      ...{ from: instant(millis(SINCE) + index * 1_000), to: instant(millis(SINCE) + index * 1_000 + 500) },
      networkClass: 'residential' as const,
    }));
    const place = placeTimelineOf({
      ...{ place: 'egress:198.51.100.7', visits, now: NOW, since: SINCE },
      contractors: [{ id: 'ada' }, { id: 'bob' }],
    });
    const { failures, verdicts } = judge(place, judging);
    expect(failures).toEqual([]);
    expect(verdicts.map(({ rule, outcome }) => [rule.id, outcome])).toContainEqual([
      'shared-egress',
      'undetermined',
    ]);
  });
});

describe('times that cannot be', () => {
  const MOMENTS = ['0000-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z', NOW, '2200-01-01T00:00:00.000Z'];

  it('of what was noted, booted and slept crash no rule', () => {
    const spans = MOMENTS.flatMap((from, first) =>
      MOMENTS.flatMap((to, last) =>
        Object.values(CHATTER).map((factOf, index): Span => {
          const fact = factOf(index);
          const told: Fact =
            fact.kind === 'suspend'
              ? { ...fact, from, until: to }
              : fact.kind === 'activity' || fact.kind === 'latency'
                ? { ...fact, hour: from }
                : fact.kind === 'platform'
                  ? { ...fact, bootedAt: to }
                  : fact;
          return {
            ...{ id: `${first}-${last}-${index}`, endpoint: 'laptop-1', contractor: 'ada', kind: fact.kind },
            ...{ key: 'k', source: 'agent', from, to, fact: told },
          };
        }),
      ),
    );
    for (const now of MOMENTS) {
      for (const order of [spans, spans.toReversed()]) {
        const timeline = contractorTimelineOf({
          contractor: { id: 'ada', declaration: DECLARATION },
          endpoints: [{ id: 'laptop-1', contractor: 'ada', enrolledAt: SINCE }],
          ...{ spans: order, now, since: instant(millis(now) - 30 * DAY) },
        });
        expect(judge(timeline, judging).failures).toEqual([]);
      }
    }
  });
});

it('one rule that throws leaves the others their say', () => {
  const broken = defineRule({ ...unapprovedRemoteTool, id: 'broken', evaluate: never });
  const timeline = timelineOf(
    spansOf(3, CHATTER['unknown remote tools'] ?? never, (index) => [index, undefined]),
  );
  const { failures, verdicts } = judge(timeline, { ...judging, rules: [broken, unapprovedRemoteTool] });
  expect(failures.map(({ rule }) => rule)).toEqual(['broken']);
  expect(verdicts.map(({ rule, outcome }) => [rule.id, outcome])).toEqual([
    ['broken', 'undetermined'],
    ...Array.from({ length: 3 }, () => ['unapproved-remote-tool', 'open']),
  ]);
});

function never(): never {
  throw new Error('never called');
}

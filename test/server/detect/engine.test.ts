import { describe, expect, it } from 'vitest';
import { type Judging, judge } from '../../../server/detect/engine.ts';
import { defineRule } from '../../../server/detect/rule.ts';
import { RULES } from '../../../server/detect/rules/index.ts';
import { unapprovedRemoteTool } from '../../../server/detect/rules/unapproved-remote-tool.ts';
import { parseSettings } from '../../../server/detect/settings.ts';
import { storyFrom, timelinesOf } from '../../../server/detect/story.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { CodedError } from '../../../shared/errors.ts';

const ADA = { contractor: { id: 'ada', countries: ['US'], timezone: 'America/Chicago' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T14:00:00.000Z' } };
const on = (endpoint: string, time: string) => ({ at: `2026-03-02T${time}:00.000Z`, endpoint });
const TOOL = { kind: 'tool', tool: 'anydesk', category: 'remote-access', state: 'running', signs: [] };
const HEALTH = { kind: 'agent', version: '1', catalog: '1', policy: '1', boot: 'b' };

function judged(lines: readonly object[], more: Partial<Judging> = {}) {
  const story = storyFrom(lines);
  const judging = {
    rules: RULES,
    settings: parseSettings(RULES),
    exceptions: story.exceptions,
    catalog: CATALOG,
  };
  const judgements = timelinesOf(story).map((timeline) => judge(timeline, { ...judging, ...more }));
  expect(judgements.flatMap(({ failures }) => failures)).toEqual([]);
  return judgements
    .flatMap(({ verdicts }) => verdicts)
    .filter(({ rule }) => rule.id !== 'missing-declaration');
}

const told = (verdicts: ReturnType<typeof judged>) => verdicts.map(({ rule, outcome }) => [rule.id, outcome]);

describe('coverage', () => {
  const denied = {
    ...on('laptop-1', '14:05'),
    began: { ...HEALTH, probes: { tool: 'denied', listener: 'ok', clock: 'ok' } },
  };

  it('makes a rule undetermined, never clear, where its probe fails', () => {
    const verdicts = judged([ADA, LAPTOP, denied]);
    expect(told(verdicts)).toContainEqual(['unapproved-remote-tool', 'undetermined']);
    expect(told(verdicts)).not.toContainEqual(['remote-desktop-port-open', 'undetermined']);
    expect(told(verdicts)).not.toContainEqual(['timezone-contradiction', 'undetermined']);
    expect(verdicts[0]?.outcomeReason).toBe('no endpoint is able to see: tool');
  });

  it('is enough on one of two endpoints', () => {
    const second = { endpoint: { ...LAPTOP.endpoint, id: 'laptop-2' } };
    const healthy = {
      ...on('laptop-2', '14:05'),
      began: { ...HEALTH, probes: { tool: 'ok', listener: 'ok', clock: 'ok' } },
    };
    const verdicts = told(judged([ADA, LAPTOP, second, denied, healthy]));
    expect(verdicts).not.toContainEqual(['unapproved-remote-tool', 'undetermined']);
    expect(verdicts).not.toContainEqual(['several-remote-tools', 'undetermined']);
  });

  it('says nothing of someone whose endpoint never spoke', () => {
    expect(judged([ADA, LAPTOP])).toEqual([]);
  });
});

describe('an exception', () => {
  const ran = [
    { ...on('laptop-1', '15:00'), began: TOOL },
    { ...on('laptop-1', '16:00'), ended: { kind: 'tool', tool: 'anydesk', state: 'running' } },
  ];
  const exception = (more: object) => ({
    exception: {
      id: 'ex-1',
      contractor: 'ada',
      from: '2026-03-01T00:00:00.000Z',
      until: '2026-03-03T00:00:00.000Z',
      reason: 'support week',
      requestedBy: 'sam',
      approvedBy: 'kit',
      ...more,
    },
  });
  const outcome = (more: object) =>
    judged([ADA, { contractor: { id: 'bob' } }, LAPTOP, ...ran, exception(more)]).map(
      ({ outcome }) => outcome,
    );

  it.each([
    ['the tool', { tool: 'anydesk' }],
    ['the rule', { rule: 'unapproved-remote-tool' }],
    ['the tool under the rule', { tool: 'anydesk', rule: 'unapproved-remote-tool' }],
  ])('for %s makes the match expected', (_, more) => {
    expect(outcome(more)).toEqual(['expected']);
  });

  it.each([
    ['another tool', { tool: 'teamviewer' }],
    ['another rule', { rule: 'shared-egress' }],
    ['a country', { country: 'US' }],
    ['somebody else', { tool: 'anydesk', contractor: 'bob' }],
    ['part of the time', { tool: 'anydesk', until: '2026-03-02T15:30:00.000Z' }],
  ])('for %s does not', (_, more) => {
    expect(outcome(more)).toEqual(['open']);
  });

  it('is not approved by the one who asked for it', () => {
    expect(() => outcome({ tool: 'anydesk', approvedBy: 'sam' })).toThrow(
      'nobody approves their own request',
    );
    expect(() => outcome({})).toThrow('at least one of');
  });

  it('for a network or a country covers egress from there', () => {
    const egress = { kind: 'egress', ip: '198.51.100.7', country: 'PL', networkClass: 'residential' };
    const abroad = [
      ADA,
      LAPTOP,
      { ...on('laptop-1', '15:00'), began: egress },
      { ...on('laptop-1', '16:00'), ended: { kind: 'egress', ip: '198.51.100.7' } },
    ];
    const tried = [{ network: '198.51.100.0/24' }, { country: 'PL' }, { network: '203.0.113.0/24' }];
    expect(tried.map((more) => judged([...abroad, exception(more)])[0]?.outcome)).toEqual([
      'expected',
      'expected',
      'open',
    ]);
  });

  it('for a shared place counts when everybody there has one', () => {
    const people = ['ada', 'bob'].flatMap((id) => [
      { contractor: { id, countries: ['US'] } },
      { endpoint: { ...LAPTOP.endpoint, id: `laptop-${id}`, contractor: id } },
      {
        at: '2026-03-02T15:00:00.000Z',
        endpoint: `laptop-${id}`,
        began: { kind: 'egress', ip: '198.51.100.7', country: 'US', networkClass: 'residential' },
      },
    ]);
    const now = { now: '2026-03-06T15:00:00.000Z' };
    const permit = (id: string) =>
      exception({
        id: `ex-${id}`,
        contractor: id,
        place: 'egress:198.51.100.7',
        until: '2026-04-01T00:00:00.000Z',
      });
    expect(judged([...people, now, permit('ada')]).map(({ outcome }) => outcome)).toEqual(['open']);
    expect(judged([...people, now, permit('ada'), permit('bob')]).map(({ outcome }) => outcome)).toEqual([
      'expected',
    ]);
  });
});

describe('a rule', () => {
  it('sees no kind of fact that it does not declare to read', () => {
    const [story] = timelinesOf(storyFrom([ADA, LAPTOP, { ...on('laptop-1', '15:00'), began: TOOL }]));
    const greedy = defineRule({
      ...unapprovedRemoteTool,
      evaluate: (timeline) => timeline.spans('session').map(() => never()),
    });
    const judging = { rules: [greedy], settings: new Map(), exceptions: [], catalog: CATALOG };
    if (!story) throw new Error('no timeline');
    const { failures, verdicts } = judge(story, judging);
    expect(String(failures[0]?.error)).toContain('reads session');
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['undetermined']);
  });
});

function never(): never {
  throw new Error('never called');
}

describe('settings', () => {
  it('are refused by name', () => {
    const refusal = (input: unknown) => {
      try {
        parseSettings(RULES, input);
      } catch (error) {
        return error instanceof CodedError ? [error.code, error.context['rule']] : error;
      }
      return undefined;
    };
    expect(refusal({ 'no-such-rule': {} })).toEqual(['SETTINGS_INVALID', 'no-such-rule']);
    expect(refusal({ 'shared-egress': { dayz: 3 } })).toEqual(['SETTINGS_INVALID', 'shared-egress']);
    expect(refusal({ 'shared-egress': { days: 0 } })).toEqual(['SETTINGS_INVALID', 'shared-egress']);
    expect(refusal([])).toEqual(['SETTINGS_INVALID', undefined]);
    expect(refusal({ 'shared-egress': { days: 5 } })).toBeUndefined();
  });
});

describe('absurd times', () => {
  const moments = ['0000-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'];
  const facts = [
    TOOL,
    { ...TOOL, tool: 'rustdesk' },
    { ...TOOL, tool: 'tor', category: 'anonymizer' },
    { kind: 'clock', timezone: 'Asia/Tokyo', utcOffsetMinutes: 540 },
    { kind: 'clock', timezone: 'Europe/Berlin', utcOffsetMinutes: -900 },
    { kind: 'egress', ip: '198.51.100.7', country: 'PL', networkClass: 'residential' },
    { kind: 'tunnel', interface: 'tun0', type: 'tun', routes: 'full', dns: true },
    { kind: 'listener', proto: 'tcp', port: 3389, scope: 'any' },
  ];

  it('crash no rule, whatever their order', () => {
    const bob = { contractor: { id: 'bob' } };
    const second = { endpoint: { ...LAPTOP.endpoint, id: 'laptop-2', contractor: 'bob' } };
    for (const order of [moments, moments.toReversed()]) {
      const lines = order.flatMap((at) =>
        ['laptop-1', 'laptop-2'].flatMap((endpoint) => facts.map((began) => ({ at, endpoint, began }))),
      );
      for (const now of [[], ...moments.map((now) => [{ now }])]) {
        expect(judged([ADA, bob, LAPTOP, second, ...lines, ...now]).length).toBeGreaterThan(0);
      }
    }
  });
});

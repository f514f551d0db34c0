import { expect, test } from 'vitest';
import { silences } from '../../../server/detect/silences.ts';
import { storyFrom, timelinesOf } from '../../../server/detect/story.ts';

const ADA = { contractor: { id: 'ada' } };
const LAPTOP = { endpoint: { id: 'laptop-1', contractor: 'ada', enrolledAt: '2026-03-02T08:00:00.000Z' } };
const time = (clock: string) => `2026-03-02T${clock}:00.000Z`;
const at = (clock: string) => ({ at: time(clock), endpoint: 'laptop-1' });
const here = (clock: string) => ({ ...at(clock), began: { kind: 'presence', connection: 'c-1' } });
const gone = (clock: string) => ({ ...at(clock), ended: { kind: 'presence', connection: 'c-1' } });
const runs = (clock: string, boot = 'boot-1') => ({
  ...at(clock),
  began: { kind: 'agent', version: '1', catalog: '1', policy: '1', boot, probes: { activity: 'ok' } },
});
const stops = (clock: string) => ({ ...at(clock), ended: { kind: 'agent' } });
const slept = (from: string, until: string) => ({
  ...at(until),
  noted: { kind: 'suspend', from: time(from), until: time(until) },
});
const noted = (hour: string, clock: string) => ({
  ...at(clock),
  noted: { kind: 'activity', hour: time(hour), local: 5, remote: 0, locked: 0 },
});
const booted = (clock: string, bootedAt: string) => ({
  ...at(clock),
  began: {
    kind: 'platform',
    os: 'linux',
    name: 'Debian',
    version: '13',
    arch: 'x64',
    bootedAt: time(bootedAt),
  },
});

/** `kind hh:mm-hh:mm` of each part. */
function partsOf(...lines: readonly object[]): readonly string[] {
  const [timeline] = timelinesOf(storyFrom([ADA, LAPTOP, ...lines, { now: time('20:00') }]));
  if (timeline?.scope !== 'contractor') throw new Error('no timeline');
  return silences(timeline).flatMap(({ parts }) =>
    parts.map(({ why, from, to }) => `${why} ${from.slice(11, 16)}-${to?.slice(11, 16) ?? ''}`),
  );
}

test('a machine that was heard of all the time was never silent, reconnects included', () => {
  expect(partsOf(here('09:00'), runs('09:00'), gone('10:00'), here('10:01'))).toEqual([]);
});

test('one that slept is asleep', () => {
  const lines = [here('09:00'), runs('09:00'), gone('10:00'), slept('10:00', '12:00'), here('12:00')];
  expect(partsOf(...lines)).toEqual(['asleep 10:00-12:00']);
});

test('one that booted anew was shut down', () => {
  const lines = [here('09:00'), runs('09:00'), stops('10:00'), gone('10:00'), booted('12:02', '12:00')];
  expect(partsOf(...lines, runs('12:02', 'boot-2'), here('12:03'))).toEqual([
    'shut-down 10:00-12:02',
    'unknown 12:02-12:03',
  ]);
});

test('one that was up long before its agent had it stopped since the boot', () => {
  const lines = [here('09:00'), runs('09:00'), stops('10:00'), gone('10:00'), booted('15:00', '12:00')];
  expect(partsOf(...lines, runs('15:00', 'boot-2'), here('15:00'))).toEqual([
    'shut-down 10:00-12:00',
    'agent-stopped 12:00-15:00',
  ]);
});

test('an agent that stopped within one boot is stopped, but for the sleep of its machine', () => {
  const lines = [here('09:00'), runs('09:00'), stops('10:00'), gone('10:00'), slept('11:00', '12:00')];
  expect(partsOf(...lines, runs('13:00'), here('13:00'))).toEqual([
    'agent-stopped 10:00-11:00',
    'asleep 11:00-12:00',
    'agent-stopped 12:00-13:00',
  ]);
});

test('an agent that went on and told later had no network', () => {
  const lines = [here('09:00'), runs('09:00'), gone('10:00'), noted('10:00', '11:00'), here('11:30')];
  expect(partsOf(...lines)).toEqual(['network-down 10:00-11:30']);
});

test('an agent that says that it ran and noted no hour of a long silence was held', () => {
  const lines = [here('09:00'), runs('09:00'), gone('10:00'), here('15:00')];
  expect(partsOf(...lines)).toEqual(['agent-stopped 10:00-15:00']);
});

test('a short silence that proves nothing, and one that goes on, are unknown', () => {
  const lines = [here('09:00'), runs('09:00'), gone('10:00'), here('10:30'), gone('16:00')];
  expect(partsOf(...lines)).toEqual(['unknown 10:00-10:30', 'unknown 16:00-']);
});

test('the order in which the evidence arrived does not show', () => {
  const story = storyFrom([
    ...[ADA, LAPTOP, here('09:00'), runs('09:00'), stops('10:00'), gone('10:00')],
    ...[slept('11:00', '12:00'), runs('13:00'), here('13:00')],
  ]);
  const told = (spans: typeof story.spans) => {
    const [timeline] = timelinesOf({ ...story, spans });
    return timeline?.scope === 'contractor' ? silences(timeline) : [];
  };
  expect(told(story.spans.toReversed())).toEqual(told(story.spans));
});

import { expect, onTestFinished, test, vi } from 'vitest';
import { endedLoginsIn } from '../../../agent/host/macos/ended-logins.ts';
import { runProbe } from '../../../agent/probes/run-probe.ts';
import { sessionProbe } from '../../../agent/probes/session.ts';
import { CodedError } from '../../../shared/errors.ts';
import { contextOf, factsOf } from '../world.ts';
import { fixture, macMachine } from './mac-machine.ts';

const NOW = '2026-03-02T15:30:20.000Z';
const accounts = ['ada', 'bo', 'alexandra.smith'];
const read = (text: string, after = '2020-01-01T00:00:00.000Z') =>
  endedLoginsIn(text, { after, now: NOW, accounts });

test('logins that ended are told with their times, in order of their ends', () => {
  expect(read(fixture('laptop', 'endedLogins')).logins).toEqual([
    {
      user: 'bo',
      method: 'ssh',
      from: '203.0.113.8',
      startedAt: '2025-03-02T15:10:00.000Z',
      endedAt: '2025-03-02T15:11:00.000Z',
    },
    {
      user: 'bo',
      method: 'ssh',
      startedAt: '2026-02-27T10:00:00.000Z',
      endedAt: '2026-02-27T10:05:00.000Z',
    },
    {
      user: 'ada',
      method: 'console',
      startedAt: '2025-12-29T08:00:00.000Z',
      endedAt: '2026-02-28T09:12:00.000Z',
    },
    {
      user: 'ada',
      method: 'console',
      startedAt: '2026-02-28T09:12:00.000Z',
      endedAt: '2026-03-02T14:01:00.000Z',
    },
    {
      user: 'alexandra.smith',
      method: 'ssh',
      from: '198.51.100.230',
      startedAt: '2026-03-02T14:30:00.000Z',
      endedAt: '2026-03-02T14:58:00.000Z',
    },
    {
      user: 'bo',
      method: 'ssh',
      from: '203.0.113.77',
      startedAt: '2026-03-02T15:20:00.000Z',
      endedAt: '2026-03-02T15:20:00.000Z',
    },
  ]);
});

test('the wider columns of newer versions are read as well', () => {
  const line = 'alexandra.smith ttys002  198.51.100.230         Mon Mar  2 14:30 - 14:58  (00:27)\n';
  expect(read(line).logins).toMatchObject([{ user: 'alexandra.smith', from: '198.51.100.230' }]);
});

test('a name that was cut off and fits two accounts stays as it was told', () => {
  const line = 'alexandra ttys002  198.51.100.230   Mon Mar  2 14:30 - 14:58  (00:27)\n';
  const options = { after: '2020-01-01T00:00:00.000Z', now: NOW };
  const users = (known: readonly string[]) =>
    endedLoginsIn(line, { ...options, accounts: known }).logins.map(({ user }) => user);
  expect(users(['alexandra.smith', 'alexandra.jones'])).toEqual(['alexandra']);
  expect(users(['alexandra', 'alexandra.jones'])).toEqual(['alexandra']);
});

test('each end is told once, also when more follow within its minute', () => {
  const one = 'bo        ttys003  203.0.113.77     Mon Mar  2 15:20 - 15:20  (00:00)\n';
  const other = 'bo        ttys003  203.0.113.78     Mon Mar  2 15:20 - 15:20  (00:00)\n';
  const first = read(one, '2026-03-02T15:20:30.000Z');
  expect(first.logins).toHaveLength(1);
  expect(first.lookedAt).toBe('2026-03-02T15:30:00.000Z');
  expect(read(one, first.next).logins).toEqual([]);
  const second = read(one + other + one, first.next);
  expect(second.logins.map(({ from }) => from)).toEqual(['203.0.113.78', '203.0.113.77']);
  expect(read(one + other + one, second.next).logins).toEqual([]);
});

test('an empty log, and one that begins anew, have nothing to tell', () => {
  const begins = '\nwtmp begins Mon Mar  2 15:01 \n';
  expect(read('').logins).toEqual([]);
  const { next } = read(fixture('laptop', 'endedLogins'));
  expect(read('', next)).toMatchObject({ logins: [], next: '2026-03-02T15:20:00.000Z' });
  expect(() => read(begins)).not.toThrow();
});

test.each([
  ['cut off', 'bo        ttys003  203.0.113.77     Mon Mar  2 15:20 - 15:'],
  ['what another program prints', 'usage: last [-n] [-h host] [-t tty] [user ...]\n'],
  ['in another language', 'bo        ttys003  203.0.113.77     Mo Mär  2 15:20 - 15:20  (00:00)\n'],
])('a log that is %s is a failure', (_what, text) => {
  expect(() => read(text)).toThrow('PROBE_FAILED');
});

test.each(['Mon Feb 99 15:20', 'Mon Mar  2 25:20', 'Sun Mar  1 15:99', 'Tue Mar  3 15:40'])(
  'a login of %s is none, as there was no such moment',
  (moment) => {
    expect(read(`bo        ttys003  203.0.113.77     ${moment} - 15:20  (00:00)\n`).logins).toEqual([]);
  },
);

test('a login that came and went between two looks is told by the probe, and one that a look has seen is not', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(NOW) });
  onTestFinished(() => void vi.useRealTimers());
  const { host, prints } = macMachine({ prints: { logins: '', endedLogins: '' } });
  const look = async () => {
    const outcome = await runProbe(sessionProbe, contextOf(host));
    return outcome.health === 'ok' ? outcome : expect.unreachable(outcome.error.message);
  };
  expect(await look()).toMatchObject({ past: [] });

  // It began before the first look, and is there at the second.
  prints.logins = 'ada              ttys001      Mar  2 15:30 \t(203.0.113.9)\n';
  vi.advanceTimersByTime(10_000);
  expect([...(await look()).facts.values()]).toMatchObject([{ user: 'ada' }]);

  prints.logins = '';
  prints.endedLogins = [
    'ada       ttys001  203.0.113.9      Mon Mar  2 15:30 - 15:30  (00:00)',
    'bo        ttys003  203.0.113.77     Mon Mar  2 15:30 - 15:30  (00:00)',
    '',
  ].join('\n');
  vi.advanceTimersByTime(10_000);
  expect((await look()).past).toMatchObject([
    { change: 'began', fact: { user: 'bo', from: '203.0.113.77' }, at: '2026-03-02T15:30:00.000Z' },
    { change: 'ended', at: '2026-03-02T15:30:00.000Z' },
  ]);
  vi.advanceTimersByTime(10_000);
  expect((await look()).past).toEqual([]);
});

test('without last, the people who are logged in are told all the same', async () => {
  const missing = new CodedError('PROBE_UNSUPPORTED', { path: '/usr/bin/last' });
  const { host } = macMachine({ prints: { endedLogins: missing } });
  expect(await factsOf(sessionProbe, contextOf(host))).not.toEqual([]);
});

import { expect, test } from 'vitest';
import type { Host, Login, Presence, Sleep } from '../../../agent/host/host.ts';
import { activityProbe } from '../../../agent/probes/activity.ts';
import type { Probe } from '../../../agent/probes/probe.ts';
import { runProbe } from '../../../agent/probes/run-probe.ts';
import { sessionProbe } from '../../../agent/probes/session.ts';
import { suspendProbe } from '../../../agent/probes/suspend.ts';
import { CodedError } from '../../../shared/errors.ts';
import { factKey } from '../../../shared/facts.ts';
import { instant, MINUTE, millis } from '../../../shared/time.ts';
import { contextOf, recorded } from '../world.ts';

const START = '2026-03-02T14:00:00.000Z';

/** A machine at which time passes as the test says. */
function machine(more: Partial<Host>) {
  let minutes = 0;
  const host: Host = {
    ...recorded('laptop'),
    processes: async () => [],
    logins: async () => [],
    endedLogins: async () => {
      throw new CodedError('PROBE_UNSUPPORTED');
    },
    now: () => instant(millis(START) + minutes * MINUTE),
    mono: () => minutes * MINUTE,
    ...more,
  };
  return {
    host,
    pass(count: number) {
      minutes += count;
    },
    async past(probe: Probe, lastAlive?: string) {
      const outcome = await runProbe(probe, contextOf(host, lastAlive ? { lastAlive } : {}));
      if (outcome.health !== 'ok') throw outcome.error;
      return outcome.past.map(({ change, fact, at }) => `${change} ${factKey(fact)} at ${at}`);
    },
  };
}

const ada = (startedAt: string): Login => ({ user: 'ada', method: 'ssh', from: '203.0.113.9', startedAt });
const key = (startedAt: string) => `session|ada|ssh|203.0.113.9|${encodeURIComponent(startedAt)}`;

test('a login that came and went between two looks is told with its times', async () => {
  const asked: string[] = [];
  let log: readonly (Login & { endedAt: string })[] = [];
  const at = machine({
    endedLogins: async (after) => {
      asked.push(after);
      return { logins: log, next: '384' };
    },
  });
  expect(await at.past(sessionProbe)).toEqual([]);
  at.pass(1);
  log = [{ ...ada('2026-03-02T14:00:10.000Z'), endedAt: '2026-03-02T14:00:40.000Z' }];
  expect(await at.past(sessionProbe)).toEqual([
    `began ${key('2026-03-02T14:00:10.000Z')} at 2026-03-02T14:00:10.000Z`,
    `ended ${key('2026-03-02T14:00:10.000Z')} at 2026-03-02T14:00:40.000Z`,
  ]);
  expect(asked).toEqual([START, '384']);
});

test('a login that a look has seen is not told a second time when the log tells its end', async () => {
  const seen = ada('2026-03-02T13:59:00.000Z');
  let now: readonly Login[] = [seen];
  let log: readonly (Login & { endedAt: string })[] = [];
  const at = machine({ logins: async () => now, endedLogins: async () => ({ logins: log, next: '384' }) });
  expect(await at.past(sessionProbe)).toEqual([]);
  at.pass(1);
  now = [];
  log = [{ ...seen, startedAt: '2026-03-02T13:59:01.000Z', endedAt: '2026-03-02T14:00:30.000Z' }];
  expect(await at.past(sessionProbe)).toEqual([]);
});

test('after a restart the log is read from when the agent was last alive', async () => {
  const asked: string[] = [];
  const at = machine({
    endedLogins: async (after) => {
      asked.push(after);
      return {
        logins: [{ ...ada('2026-03-02T13:40:00.000Z'), endedAt: '2026-03-02T13:50:00.000Z' }],
        next: '0',
      };
    },
  });
  expect(await at.past(sessionProbe, '2026-03-02T13:30:00.000Z')).toHaveLength(2);
  expect(asked).toEqual(['2026-03-02T13:30:00.000Z']);
});

test('minutes of use are noted once the hour is over, and count what was done in them', async () => {
  let presence: Presence = { idleMs: 0 };
  let logins: readonly Login[] = [];
  const at = machine({ presence: async () => presence, logins: async () => logins });
  const told: string[] = [];
  const minutes = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) {
      at.pass(1);
      told.push(...(await at.past(activityProbe)));
    }
  };
  await at.past(activityProbe);
  await minutes(10);
  logins = [ada(START)];
  presence = { idleMs: 10 * MINUTE };
  await minutes(20);
  logins = [];
  presence = { idleMs: 30 * MINUTE, locked: true };
  await minutes(29);
  expect(told).toEqual([]);
  const outcome = await (async () => {
    at.pass(1);
    return runProbe(activityProbe, contextOf(at.host));
  })();
  expect(outcome).toMatchObject({
    past: [{ change: 'noted', fact: { kind: 'activity', hour: START, local: 10, remote: 20, locked: 29 } }],
  });
});

test('time in which nobody looked is not counted as use', async () => {
  const at = machine({ presence: async () => ({ idleMs: 0 }) });
  await at.past(activityProbe);
  at.pass(50);
  await at.past(activityProbe);
  at.pass(10);
  const outcome = await runProbe(activityProbe, contextOf(at.host));
  expect(outcome).toMatchObject({ past: [{ fact: { local: 5 } }] });
});

test('each sleep is noted once, and those before the agent was alive are not', async () => {
  const sleeps: Sleep[] = [{ from: '2026-03-02T13:00:00.000Z', until: '2026-03-02T13:10:00.000Z' }];
  const at = machine({ sleeps: async () => sleeps });
  expect(await at.past(suspendProbe)).toEqual([]);
  sleeps.push({ from: '2026-03-02T14:01:00.000Z', until: '2026-03-02T14:20:00.000Z' });
  at.pass(21);
  expect(await at.past(suspendProbe)).toEqual([
    `noted suspend|${encodeURIComponent('2026-03-02T14:01:00.000Z')} at 2026-03-02T14:20:00.000Z`,
  ]);
  expect(await at.past(suspendProbe)).toEqual([]);
});

import { expect, test } from 'vitest';
import { portableHost } from '../../../agent/host/portable-host.ts';
import { systemHost } from '../../../agent/host/system-host.ts';
import { clockProbe } from '../../../agent/probes/clock.ts';
import { PROBES } from '../../../agent/probes/index.ts';
import { platformProbe } from '../../../agent/probes/platform.ts';
import { runProbe } from '../../../agent/probes/run-probe.ts';
import { sessionProbe } from '../../../agent/probes/session.ts';
import { DEFAULT_POLICY } from '../../../shared/policy.ts';
import { contextOf, emptyTree, factsOf, keyedHash, recorded } from '../world.ts';

const laptop = recorded('laptop');

test('people who are logged in are told, greeters and closing sessions are not', async () => {
  const facts = await factsOf(sessionProbe, contextOf(laptop));
  expect(facts).toEqual([
    { kind: 'session', user: 'ada', method: 'console', startedAt: '2026-03-02T14:05:00.123Z' },
    {
      kind: 'session',
      user: 'ada',
      method: 'ssh',
      from: '203.0.113.9',
      startedAt: '2026-03-02T15:00:00.000Z',
    },
    {
      kind: 'session',
      user: 'bo',
      method: 'rdp',
      from: '2001:db8::7',
      startedAt: '2026-03-02T15:00:00.000Z',
    },
  ]);
});

test('account names are hashed where the policy says so', async () => {
  const policy = { ...DEFAULT_POLICY, userNames: 'hashed' } as const;
  const facts = await factsOf(sessionProbe, contextOf(laptop, { policy }));
  expect(JSON.stringify(facts)).not.toMatch(/ada|bo"/);
  expect(facts[0]).toMatchObject({ user: keyedHash('user ada') });
});

test('a machine that keeps no list of logins is unsupported, not empty', async () => {
  await using tree = await emptyTree();
  const outcome = await runProbe(sessionProbe, contextOf(systemHost({ root: tree.root })));
  expect(outcome.health).toBe('unsupported');
});

test('an empty list of logins is believed only where systemd runs', async () => {
  await using tree = await emptyTree();
  await tree.write('run/systemd/sessions/gone', '');
  await tree.remove('run/systemd/sessions/gone');
  const context = contextOf(systemHost({ root: tree.root }));
  expect((await runProbe(sessionProbe, context)).health).toBe('unsupported');
  await tree.write('run/systemd/system/any', '');
  expect(await factsOf(sessionProbe, context)).toEqual([]);
});

test('the clock has the offset of its zone', async () => {
  const facts = await factsOf(clockProbe, contextOf({ ...laptop, now: () => '2026-07-01T12:00:00.000Z' }));
  expect(facts).toEqual([
    { kind: 'clock', timezone: 'America/Chicago', utcOffsetMinutes: -300, synchronized: true },
  ]);
});

test('the serial number leaves as a hash only', async () => {
  const [fact] = await factsOf(platformProbe, contextOf(laptop));
  expect(fact).toMatchObject({ os: 'linux', chassis: 'laptop', serial: keyedHash('serial EX-0042') });
  expect(JSON.stringify(fact)).not.toContain('EX-0042');
});

test('on an operating system without readings, every probe but two says unsupported', async () => {
  const context = contextOf(portableHost('macos'));
  const healths = await Promise.all(
    PROBES.map(async (probe) => [probe.name, (await runProbe(probe, context)).health]),
  );
  expect(Object.fromEntries(healths)).toEqual({
    tool: 'unsupported',
    listener: 'unsupported',
    session: 'unsupported',
    control: 'unsupported',
    tunnel: 'unsupported',
    proxy: 'unsupported',
    network: 'unsupported',
    clock: 'ok',
    platform: 'ok',
    peripheral: 'unsupported',
    display: 'unsupported',
    activity: 'unsupported',
    suspend: 'unsupported',
  });
});

test('no two probes tell of the same kind', () => {
  const kinds = PROBES.flatMap((probe) => probe.kinds);
  expect(new Set(kinds).size).toBe(kinds.length);
});

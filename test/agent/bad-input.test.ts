import { spawn } from 'node:child_process';
import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { clockSteps } from '../../agent/clock-steps.ts';
import { type AllowedCommand, outputOf } from '../../agent/host/commands.ts';
import { ownCost } from '../../agent/host/own-cost.ts';
import { systemHost } from '../../agent/host/system-host.ts';
import { clockProbe } from '../../agent/probes/clock.ts';
import type { Probe } from '../../agent/probes/probe.ts';
import { runProbe } from '../../agent/probes/run-probe.ts';
import { toolProbe } from '../../agent/probes/tool.ts';
import { type RoundsOptions, startRounds } from '../../agent/rounds.ts';
import { openSpool } from '../../agent/spool.ts';
import type { Fact } from '../../shared/facts.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { DAY, instant, millis } from '../../shared/time.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';
import { contextOf, emptyTree, keyedHash, matcher, recorded } from './world.ts';

function optionsOf(probes: readonly Probe[], more: Partial<RoundsOptions> = {}): RoundsOptions {
  return {
    host: recorded('laptop'),
    probes,
    matcher,
    keyedHash,
    policy: () => DEFAULT_POLICY,
    cost: () => ({ cpuMs: 0, memoryMb: 50 }),
    recall: [],
    about: { version: '0.1.0', catalog: 'test', boot: 'boot' },
    emit: () => {},
    alive: () => {},
    log: testLog().log,
    ...more,
  };
}

/** Reads what a program prints, as a probe with a documented JSON source does. */
function reading(name: string, kind: Fact['kind'], command: AllowedCommand): Probe {
  return {
    name,
    kinds: [kind],
    everySeconds: 3_600,
    timeoutMs: 3_000,
    reads: '',
    never: '',
    run: async ({ signal }) => [JSON.parse(await outputOf(command, signal))],
  };
}

test.skipIf(process.platform === 'win32')(
  'a tool that prints garbage, hangs, prints 100 MB or is gone fails alone',
  async () => {
    using dir = tempDir();
    const script = (name: string, body: string): AllowedCommand => {
      const path = join(dir.path, name);
      writeFileSync(path, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
      return { path, args: [], timeoutMs: 800, maxBytes: 64 * 1024 };
    };
    const told: TimedChange[] = [];
    const probes = [
      reading('garbage', 'tool', script('garbage', `head -c 4096 /dev/urandom`)),
      reading('wrong', 'display', script('wrong', `echo '{"kind":"display","manufacturer":"none"}'`)),
      reading('hanging', 'listener', script('hanging', 'exec sleep 60')),
      reading('flood', 'session', script('flood', 'exec head -c 100000000 /dev/zero')),
      reading('gone', 'tunnel', { ...script('gone', ''), path: join(dir.path, 'nowhere') }),
      reading('forbidden', 'proxy', { ...script('forbidden', ''), path: dir.path }),
      clockProbe,
    ];
    await using rounds = startRounds(optionsOf(probes, { emit: (changes) => told.push(...changes) }));
    await rounds.once();
    const facts = told.map(({ fact }) => fact);
    expect(facts).toContainEqual(expect.objectContaining({ kind: 'clock' }));
    expect(facts.at(-1)).toMatchObject({
      kind: 'agent',
      probes: {
        garbage: 'failed',
        wrong: 'ok',
        hanging: 'failed',
        flood: 'failed',
        gone: 'unsupported',
        forbidden: 'denied',
        clock: 'ok',
      },
    });
    expect(facts.filter(({ kind }) => kind !== 'clock' && kind !== 'agent')).toEqual([]);
  },
);

test('a machine with more than 5,000 processes is read within the time of a round', {
  timeout: 30_000,
}, async () => {
  await using tree = await emptyTree();
  for (let pid = 1; pid <= 5_400; pid += 1) {
    const folder = join(tree.root, 'proc', String(pid));
    mkdirSync(folder, { recursive: true });
    const name = pid === 5_300 ? 'anydesk' : `worker-${pid}`;
    writeFileSync(join(folder, 'comm'), `${name}\n`);
    writeFileSync(join(folder, 'cmdline'), `/usr/bin/${name}\0`);
  }
  const outcome = await runProbe(toolProbe, contextOf(systemHost({ root: tree.root })));
  expect(outcome.health === 'ok' && [...outcome.facts.keys()]).toEqual(['tool|anydesk|running']);
});

test('a clock that steps a day back and forth neither stops the rounds nor disorders the spool', async () => {
  using dir = tempDir();
  const { privateKey } = generateKeyPairSync('ed25519');
  const sign = (bytes: Uint8Array): string => signBytes(null, bytes, privateKey).toString('base64url');
  const start = millis('2026-03-02T14:00:00.000Z');
  const time = { wall: start, mono: 0 };
  let timezone = 'America/Chicago';
  const host = {
    ...recorded('laptop'),
    now: () => instant(time.wall),
    mono: () => time.mono,
    clock: async () => ({ timezone }),
  };
  const mono = () => time.mono;
  await using spool = openSpool({
    dataDir: dir.path,
    endpoint: 'laptop',
    sign,
    log: testLog().log,
    now: () => time.wall,
    mono,
  });
  await using rounds = startRounds(
    optionsOf([clockProbe], {
      host,
      clockSteps: clockSteps({ now: host.now, sinceBoot: mono }),
      emit: (changes) => spool.append(changes),
      alive: (at) => spool.alive(at),
    }),
  );
  await rounds.once();
  for (const step of [DAY, -2 * DAY, DAY]) {
    time.wall += step;
    time.mono += 60_000;
    timezone = timezone === 'Etc/UTC' ? 'America/Chicago' : 'Etc/UTC';
    await rounds.once();
  }
  const payload = JSON.parse(spool.nextBatch(0)?.payload ?? '{}');
  const seen: readonly { seq: number; at: string; mono: number }[] = payload.observations.filter(
    ({ fact }: { fact: Fact }) => fact.kind === 'clock',
  );
  expect(seen.map(({ at }) => (millis(at) - start) / DAY)).toEqual([0, 1, -1, 0]);
  expect(seen.map(({ mono: at }) => at)).toEqual([0, 60_000, 120_000, 180_000]);
  const steps = payload.observations.flatMap(({ fact }: { fact: Fact }) =>
    fact.kind === 'disruption' ? [fact.byMs] : [],
  );
  expect(steps).toEqual([DAY - 60_000, -2 * DAY - 60_000, DAY - 60_000]);
});

test('a probe that burns the processor is looked at less often, and that is told', {
  timeout: 30_000,
}, async () => {
  const told: TimedChange[] = [];
  const time = { mono: 0 };
  let runs = 0;
  const burning: Probe = {
    ...clockProbe,
    everySeconds: 5,
    async run() {
      runs += 1;
      // Of the processor's time, which on a busy machine passes slower than the clock's.
      const until = ownCost().cpuMs + 120;
      while (ownCost().cpuMs < until) Math.sqrt(runs);
      return [];
    },
  };
  const host = { ...recorded('laptop'), mono: () => time.mono };
  const policy = { ...DEFAULT_POLICY, ceiling: { cpuPercent: 1, memoryMb: 4_096 } };
  const before = ownCost().cpuMs;
  const cost = () => ({ ...ownCost(), cpuMs: ownCost().cpuMs - before });
  const agents = () => told.flatMap(({ fact }) => (fact.kind === 'agent' && 'budget' in fact ? [fact] : []));
  await using rounds = startRounds(
    optionsOf([burning], { host, policy: () => policy, cost, emit: (changes) => told.push(...changes) }),
  );
  await rounds.once();
  for (let minute = 0; minute < 3 && agents().length === 0; minute += 1) {
    for (let second = 0; second < 60; second += 5) {
      time.mono += 5_000;
      await rounds.once();
    }
  }
  await until(() => agents().length > 0);
  expect(agents().at(-1)).toMatchObject({ budget: { over: 'cpu', slowed: expect.any(Number) } });
});

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Runs a module as a user with no rights. */
async function asNobody(args: readonly string[]) {
  const child = spawn(process.execPath, [...args], {
    uid: NOBODY,
    gid: NOBODY,
    env: { HOME: '/nonexistent' },
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { stdout, stderr, code };
}

function needsRoot(skip: (reason: string) => void): void {
  if (!isRoot) skip('only the system administrator can become a user without rights');
}

test('a user without rights and with a read-only home is told what cannot be looked at, and the rest goes on', async ({
  skip,
}) => {
  needsRoot(skip);
  using dir = tempDir();
  chmodSync(dir.path, 0o755);
  const { stdout, code } = await asNobody([
    'agent/main.ts',
    'doctor',
    '--json',
    '--data-dir',
    join(dir.path, 'home'),
  ]);
  const found = new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map((one) => [one.check, one]),
  );
  expect(found.get('data folder')).toMatchObject({ verdict: 'problem', code: 'SPOOL_UNAVAILABLE' });
  expect(found.get('tool')).toMatchObject({ verdict: 'limited' });
  expect(found.get('clock')).toMatchObject({ verdict: 'fine' });
  expect(code).toBe(1);
  const once = await asNobody(['agent/main.ts', 'once', '--json', '--data-dir', join(dir.path, 'home')]);
  expect(once.code).toBe(0);
  expect(once.stdout).toContain('"kind":"platform"');
  expect(once.stderr).toContain('session: limited. ');
  expect(once.stderr).toContain('platform: limited. The serial number');
});

test('files that only root may read make their probe denied, with the path, and no other', async ({
  skip,
}) => {
  needsRoot(skip);
  await using tree = await emptyTree();
  await tree.write('run/utmp', Buffer.alloc(384));
  await tree.write('etc/timezone', 'America/Chicago\n');
  await tree.write('proc/1/comm', 'init\n');
  chmodSync(join(tree.root, 'run/utmp'), 0o600);
  chmodSync(tree.root, 0o755);
  chownSync(tree.root, NOBODY, NOBODY);
  const script = `
    import { examine } from './agent/doctor.ts';
    import { readConfig } from './agent/config.ts';
    import { systemHost } from './agent/host/system-host.ts';
    import { clockProbe } from './agent/probes/clock.ts';
    import { sessionProbe } from './agent/probes/session.ts';
    import { matcherOf } from './shared/catalog/match.ts';
    import { CATALOG } from './shared/catalog/index.ts';
    import { DEFAULT_POLICY } from './shared/policy.ts';
    console.log(JSON.stringify(await examine({
      config: readConfig({ dataDir: ${JSON.stringify(tree.root)} }, {}),
      host: systemHost({ root: ${JSON.stringify(tree.root)} }),
      probes: [sessionProbe, clockProbe],
      matcher: matcherOf(CATALOG, 'linux'), keyedHash: () => '', policy: DEFAULT_POLICY, isAdministrator: false,
    })));`;
  const { stdout } = await asNobody(['--input-type=module', '--eval', script]);
  const found: readonly { check: string }[] = JSON.parse(stdout);
  expect(found).toContainEqual(
    expect.objectContaining({ check: 'session', verdict: 'not-run', code: 'PROBE_DENIED' }),
  );
  expect(found).toContainEqual(expect.objectContaining({ check: 'clock', verdict: 'fine' }));
  expect(JSON.stringify(found)).toContain('/run/utmp');
});

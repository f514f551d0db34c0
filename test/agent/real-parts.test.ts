import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemHost } from '../../agent/host/system-host.ts';
import { listenerProbe } from '../../agent/probes/listener.ts';
import { toolProbe } from '../../agent/probes/tool.ts';
import { startRounds } from '../../agent/rounds.ts';
import { matcherOf } from '../../shared/catalog/match.ts';
import { factKey } from '../../shared/facts.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { until } from '../support/until.ts';
import { CATALOG, contextOf, factsOf, keyedHash, toolOf } from './world.ts';

const linuxOnly = test.runIf(process.platform === 'linux');
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-real-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A real program under another name, waiting to be ended. */
async function program(name: string): Promise<ChildProcess> {
  const path = join(folder, name);
  await copyFile('/bin/sleep', path);
  const child = spawn(path, ['60'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

linuxOnly('a program that starts is told within a round, and told again when it has ended', async () => {
  // A name of its own, as other programs under test may run beside this one.
  const name = `far-${randomBytes(4).toString('hex')}`;
  const tools = [toolOf('this-program', { linux: { processes: [name] } })];
  const told: TimedChange[] = [];
  const keys = (): string[] => told.map(({ change, fact }) => `${change} ${factKey(fact)}`);
  await using rounds = startRounds({
    host: systemHost(),
    probes: [toolProbe],
    matcher: matcherOf({ ...CATALOG, tools }, 'linux'),
    keyedHash,
    policy: () => ({ ...DEFAULT_POLICY, everySeconds: { tool: 1 } }),
    cost: () => ({ cpuMs: 0, memoryMb: 50 }),
    recall: [],
    about: { version: '0.1.0', catalog: CATALOG.version, boot: 'boot' },
    emit: (changes) => told.push(...changes),
    alive: () => {},
    log: { info: () => {}, warn: () => {}, debug: () => {} },
  });
  await rounds.once();
  expect(keys()).not.toContain('began tool|this-program|running');
  const child = await program(name);
  try {
    await until(() => keys().includes('began tool|this-program|running'));
  } finally {
    child.kill();
    await once(child, 'exit');
  }
  await until(() => keys().includes('ended tool|this-program|running'));
  expect(keys().filter((key) => key.includes('this-program'))).toEqual([
    'began tool|this-program|running',
    'ended tool|this-program|running',
  ]);
});

linuxOnly(
  'a port that others can reach is told with the program that opened it, and loopback is not',
  async () => {
    const open = createServer().listen(0, '0.0.0.0');
    const closed = createServer().listen(0, '127.0.0.1');
    await Promise.all([once(open, 'listening'), once(closed, 'listening')]);
    const [port, hidden] = [open, closed].map((server) => (server.address() as AddressInfo).port) as [
      number,
      number,
    ];
    const known = { proto: 'tcp', name: 'test', confidence: 'confirmed', sources: ['test'] } as const;
    const own = matcherOf(
      {
        version: 'test',
        tools: [toolOf('this-test', { linux: { processes: ['node'] } })],
        ports: [
          { port, ...known },
          { port: hidden, ...known },
        ],
      },
      'linux',
    );
    try {
      expect(await factsOf(listenerProbe, contextOf(systemHost(), { matcher: own }))).toEqual([
        { kind: 'listener', proto: 'tcp', port, scope: 'any', tool: 'this-test' },
      ]);
    } finally {
      open.close();
      closed.close();
    }
  },
);

linuxOnly('a watched port of the real catalog is told when it is free to open here', async ({ skip }) => {
  const server = createServer().listen(5901, '0.0.0.0');
  const [outcome] = await Promise.race([
    once(server, 'listening').then(() => ['open']),
    once(server, 'error').then(() => ['taken']),
  ]);
  if (outcome === 'taken') skip('port 5901 is taken on this machine');
  try {
    expect(await factsOf(listenerProbe, contextOf(systemHost()))).toContainEqual({
      kind: 'listener',
      proto: 'tcp',
      port: 5901,
      scope: 'any',
    });
  } finally {
    server.close();
  }
});

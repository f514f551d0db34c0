import { afterEach, beforeEach, expect, test } from 'vitest';
import { startAgent } from '../../agent/agent.ts';
import { readConfig } from '../../agent/config.ts';
import { enroll } from '../../agent/enroll.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { VERSION } from '../../shared/version.ts';
import { type CollectorPeer, startPeer } from '../support/collector-peer.ts';
import { farhandAgent, startFarhandAgent } from '../support/farhand-agent.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';

let stack: AsyncDisposableStack;
let peer: CollectorPeer;
let dataDir: string;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  dataDir = stack.use(tempDir()).path;
  peer = stack.use(await startPeer());
  await enroll(peer.token(), dataDir);
});
afterEach(() => stack.disposeAsync());

const kindsOf = (them: CollectorPeer) => new Set(them.observations().map(({ fact }) => fact.kind));

test('looks at this machine and delivers what it sees', async () => {
  await using agent = await startAgent(readConfig({ dataDir }, {}), { log: testLog().log });
  await agent.settled();

  expect([...kindsOf(peer)]).toEqual(expect.arrayContaining(['platform', 'clock', 'agent']));
  const about = peer.observations().find(({ fact }) => fact.kind === 'agent')?.fact;
  expect(about).toMatchObject({ version: VERSION });
  expect(peer.refusals).toEqual([]);
});

test('tells after a restart only what changed', async () => {
  for (const _ of [1, 2]) {
    await using agent = await startAgent(readConfig({ dataDir }, {}), { log: testLog().log });
    await agent.settled();
  }
  expect(peer.epochs.size).toBe(1);
  expect(peer.observations().filter(({ fact }) => fact.kind === 'platform')).toHaveLength(1);
});

test('runs as a process until it is told to stop, and only once on a data folder', async () => {
  const running = startFarhandAgent(['run', '--data-dir', dataDir]);
  await until(() => kindsOf(peer).has('agent'), { withinMs: 20_000 });

  const second = await farhandAgent(['run', '--data-dir', dataDir]);
  expect(second.exitCode).toBe(1);
  expect(second.stderr).toMatch(/^STORE_LOCKED: /);

  running.kill('SIGTERM');
  const { exitCode, stderr } = await running.finished();
  expect([exitCode, stderr.match(/agent stops/g)?.length]).toEqual([0, 1]);
  expect(peer.connected()).toBe(0);
});

test('an agent over the ceiling that its collector told says so, and explain tells where the ceiling is from', async () => {
  const policy = {
    ...DEFAULT_POLICY,
    version: 'tight',
    everySeconds: { tool: 1 },
    ceiling: { cpuPercent: 0.1, memoryMb: 16 },
  };
  await using tight = await startPeer({ policy });
  using dir = tempDir();
  await enroll(tight.token(), dir.path);
  {
    await using _agent = await startAgent(readConfig({ dataDir: dir.path }, {}), { log: testLog().log });
    const budgets = () =>
      tight
        .observations()
        .flatMap(({ fact }) => (fact.kind === 'agent' && 'budget' in fact ? [fact.budget] : []));
    await until(() => budgets().length > 0, { withinMs: 20_000 });
    expect(budgets()[0]?.over).toMatch(/^(memory|both)$/);
  }
  const { stdout } = await farhandAgent(['explain', '--data-dir', dir.path]);
  expect(stdout).toContain('Policy in force: tight');
  expect(stdout).toMatch(/Where it is from: told by the collector on \d{4}-/);
  expect(stdout).toContain('Ceiling: 0.1 % of one processor core over five minutes, and 16 MB of memory.');
}, 30_000);

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readIdentity } from '../../agent/identity.ts';
import { lockDataDir } from '../../agent/lock.ts';
import { openSpool } from '../../agent/spool.ts';
import { VERSION } from '../../shared/version.ts';
import { startPeer } from '../support/collector-peer.ts';
import { farhandAgent } from '../support/farhand-agent.ts';
import { listenerBegan, listenerEnded } from '../support/sample-changes.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

const at = () => ['--data-dir', dir.path];

function openHere() {
  const { endpoint, sign } = readIdentity(dir.path);
  return openSpool({ dataDir: dir.path, endpoint, sign, log: testLog().log });
}

test('tells its version and its commands', async () => {
  expect(await farhandAgent(['--version'])).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: '' });
  const { exitCode, stdout } = await farhandAgent(['--help']);
  expect(exitCode).toBe(0);
  for (const name of ['enroll', 'run', 'status', 'sent', 'doctor']) expect(stdout).toContain(`  ${name} `);
});

test.each([
  [['stauts'], 'Unknown command stauts. Did you mean status?'],
  [['status', '--jsno'], 'USAGE: '],
  [['sent', '--last', 'yesterday'], 'USAGE: '],
  [['enroll', 'fh1.secret'], 'USAGE: '],
])('answers %j with 2 and one line', async (args, line) => {
  const { exitCode, stdout, stderr } = await farhandAgent([...args]);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(line);
});

test.each([
  (token: string) => ['enroll', token],
  (token: string) => ['enroll', `--token-file=${token}`],
  (token: string) => ['enroll', '--token', token],
  (token: string) => [token],
])('a token among the arguments is refused without repeating it', async (args) => {
  const token = `fh1.${'e'.repeat(60)}`;
  const { exitCode, stdout, stderr } = await farhandAgent([...args(token), ...at()]);
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^TOKEN_IN_ARGUMENTS: .*Revoke this token.*\n$/);
  expect(stderr).not.toContain('eeee');
});

test('an error is one line with its code and what to do, without a stack', async () => {
  const { exitCode, stderr } = await farhandAgent(['status', ...at()]);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^NOT_ENROLLED: .*Run `farhand-agent enroll` first\.\n$/);
});

test('enrolls with a token from a file, from standard input or from the environment', async () => {
  await using peer = await startPeer();
  const file = join(dir.path, 'token');
  writeFileSync(file, peer.token());
  const ways = [
    { args: ['--token-file', file] },
    { args: ['--token-file', '-'], input: peer.token() },
    { args: [], env: { FARHAND_ENROLLMENT_TOKEN: peer.token() } },
  ];
  for (const [index, { args, ...more }] of ways.entries()) {
    const dataDir = join(dir.path, `${index}`);
    const { exitCode, stdout } = await farhandAgent(['enroll', '--data-dir', dataDir, ...args], more);
    expect([exitCode, stdout]).toEqual([0, `Enrolled as laptop-${index + 1}.\n`]);
    expect(existsSync(join(dataDir, 'identity.json'))).toBe(true);
  }
});

test('status tells who it is, what waits and whether the agent runs', async () => {
  await using peer = await startPeer();
  await farhandAgent(['enroll', ...at(), '--token-file', '-'], { input: peer.token() });
  {
    await using spool = openHere();
    spool.append([listenerBegan(1), listenerBegan(2)]);
    spool.nextBatch(0);
    spool.append([listenerBegan(3)]);
    spool.acked(2);
    using _held = lockDataDir(dir.path);

    const { exitCode, stdout } = await farhandAgent(['status', '--json', ...at()]);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      endpoint: 'laptop-1',
      url: peer.url,
      running: true,
      waiting: 1,
      position: spool.position(),
      lastAck: expect.stringMatching(/Z$/),
    });
  }
  const { stdout } = await farhandAgent(['status', ...at()]);
  expect(stdout).toContain('laptop-1');
  expect(stdout).toContain('not running');
  expect(stdout).toContain('1 waiting');
});

test('sent lists every observation that left, delivered or not yet acknowledged', async () => {
  await using peer = await startPeer();
  await farhandAgent(['enroll', ...at(), '--token-file', '-'], { input: peer.token() });
  {
    await using spool = openHere();
    spool.append([listenerBegan(5900)]);
    spool.nextBatch(0);
    spool.acked(1);
    spool.append([listenerEnded(5900)]);
    spool.nextBatch(1);
    spool.append([listenerBegan(3389)]);
  }
  const { stdout } = await farhandAgent(['sent', '--last', '24h', ...at()]);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe('2026-03-02 14:00:00 UTC  Port 5900 (tcp) can be reached from anywhere');
  expect(lines[1]).toMatch(/^ {4}#1 began listener .*port=5900.*\(delivered .* UTC\)$/);
  expect(lines[2]).toBe('2026-03-02 14:00:00 UTC  No longer: Port 5900 (tcp) can be reached');
  expect(lines[3]).toMatch(/#2 ended listener .*\(not yet acknowledged\)$/);

  const json = await farhandAgent(['sent', '--json', ...at()]);
  expect(
    json.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).seq),
  ).toEqual([1, 2]);
});

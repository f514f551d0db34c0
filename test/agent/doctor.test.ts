import { chmodSync, closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reportOf } from '../../agent/commands/doctor.ts';
import { readConfig } from '../../agent/config.ts';
import { type DoctorOptions, examine } from '../../agent/doctor.ts';
import { enroll } from '../../agent/enroll.ts';
import { readIdentity } from '../../agent/identity.ts';
import { PROBES } from '../../agent/probes/index.ts';
import type { Probe } from '../../agent/probes/probe.ts';
import { openSpool } from '../../agent/spool.ts';
import { CodedError } from '../../shared/errors.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';
import { startPeer } from '../support/collector-peer.ts';
import { farhandAgent } from '../support/farhand-agent.ts';
import { listenersBegan } from '../support/sample-changes.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';
import { keyedHash, matcher, recorded } from './world.ts';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

async function findings(more: Partial<DoctorOptions> = {}) {
  const found = await examine({
    config: readConfig({ dataDir: dir.path }, {}),
    host: recorded('laptop'),
    probes: [],
    matcher,
    keyedHash,
    policy: DEFAULT_POLICY,
    isAdministrator: true,
    ...more,
  });
  return Object.fromEntries(found.map((finding) => [finding.check, finding]));
}

function failing(name: string, error: unknown, more: Partial<Probe> = {}): Probe {
  const run = async (): Promise<never> => {
    throw error;
  };
  return { name, kinds: ['tool'], everySeconds: 5, timeoutMs: 1_000, reads: '', never: '', run, ...more };
}

test('what could not look is told apart from what found something, each with its reason and what helps', async () => {
  const found = await findings({
    probes: [
      failing('denied', new CodedError('PROBE_DENIED', { path: '/var/log/wtmp', reason: 'EACCES' })),
      failing('absent', new CodedError('PROBE_UNSUPPORTED', { reason: 'no such log' })),
      failing('torn', new TypeError('torn')),
      failing('audit', new CodedError('PROBE_DENIED', { remedy: 'Turn on the audit policy for logons.' })),
    ],
  });
  expect(found['denied']).toMatchObject({ verdict: 'not-run', code: 'PROBE_DENIED' });
  expect(found['denied']?.what).toContain('/var/log/wtmp');
  expect(found['absent']).toMatchObject({ verdict: 'limited', code: 'PROBE_UNSUPPORTED' });
  expect(found['torn']).toMatchObject({ verdict: 'not-run', code: 'PROBE_FAILED' });
  expect(found['audit']?.remedy).toBe('Turn on the audit policy for logons.');
  const report = reportOf(Object.values(found));
  expect(report).toContain('3 things need attention.');
  expect(report).toContain('Could not run\n  denied: A right to read is missing');
  expect(report).toContain('Not to be seen here, or only in part\n  absent: ');
});

test('without the rights of the administrator, what is then not seen is told', async () => {
  const seeing: Probe = {
    ...failing('tool', undefined),
    needs: 'Others are seen by root only.',
    run: async () => [],
  };
  expect((await findings({ probes: [seeing] }))['tool']?.verdict).toBe('fine');
  const found = await findings({ probes: [seeing], isAdministrator: false });
  expect(found['tool']).toMatchObject({ verdict: 'limited', what: 'Others are seen by root only.' });
});

test('a file of added products with a bad record is a problem that names it', async () => {
  expect((await findings())['added products']).toBeUndefined();
  writeFileSync(
    join(dir.path, 'catalog.json'),
    JSON.stringify({ version: 'abcdef12', tools: [{ id: 'no-such-product' }] }),
  );
  const found = (await findings())['added products'];
  expect(found).toMatchObject({ verdict: 'problem', code: 'CATALOG_INVALID' });
  expect(found?.what).toContain('no-such-product');
});

test('a clock that nobody sets is a problem', async () => {
  const host = recorded('laptop');
  const clock = async () => ({ timezone: 'Etc/UTC', synchronized: false });
  expect((await findings({ host: { ...host, clock } }))['clock is set automatically']?.verdict).toBe(
    'problem',
  );
  expect(await findings({ host })).not.toHaveProperty('clock is set automatically');
});

test('a machine that is enrolled, running and connected has nothing wrong', async () => {
  await using peer = await startPeer();
  await enroll(peer.token(), dir.path);
  const found = await findings();
  expect(Object.entries(found).map(([check, { verdict }]) => [check, verdict])).toEqual([
    ['data folder', 'fine'],
    ['identity', 'fine'],
    ['agent', 'problem'],
    ['spool', 'fine'],
    ['collector', 'fine'],
  ]);
});

test('an open identity, a full spool and an absent collector are problems', async () => {
  {
    await using peer = await startPeer();
    await enroll(peer.token(), dir.path);
  }
  chmodSync(join(dir.path, 'identity.json'), 0o644);
  {
    const { endpoint, sign } = readIdentity(dir.path);
    await using spool = openSpool({ dataDir: dir.path, endpoint, sign, log: testLog().log });
    for (let at = 0; at < 10; at += 1) spool.append(listenersBegan(600, 1 + at * 600));
  }
  const config = { ...readConfig({ dataDir: dir.path }, {}), spoolMegabytes: 1 };
  const found = await findings({ config });
  expect(found['identity']).toMatchObject({
    verdict: 'problem',
    remedy: `chmod 600 ${dir.path}/identity.json`,
  });
  expect(found['spool']).toMatchObject({ verdict: 'problem' });
  expect(found['collector']).toMatchObject({ verdict: 'problem', code: 'COLLECTOR_UNREACHABLE' });
});

test('a damaged spool and a damaged identity are named, and the other checks go on', async () => {
  await using peer = await startPeer();
  await enroll(peer.token(), dir.path);
  {
    const { endpoint, sign } = readIdentity(dir.path);
    await using spool = openSpool({ dataDir: dir.path, endpoint, sign, log: testLog().log });
    spool.append(listenersBegan(500));
  }
  const file = openSync(join(dir.path, 'spool.sqlite'), 'r+');
  for (let page = 1; page < 8; page += 1) writeSync(file, Buffer.alloc(2_048, 0x5a), 0, 2_048, page * 4_096);
  closeSync(file);
  expect((await findings())['spool']).toMatchObject({ verdict: 'problem', code: 'SPOOL_DAMAGED' });
  writeFileSync(join(dir.path, 'identity.json'), '{"endpoint"');
  const found = await findings();
  expect(found['identity']).toMatchObject({ verdict: 'problem', code: 'FILE_UNREADABLE' });
  expect(found['spool']).toMatchObject({ code: 'SPOOL_DAMAGED' });
});

test('a folder that cannot be made is a problem before enrollment', async () => {
  writeFileSync(join(dir.path, 'file'), '');
  const config = readConfig({ dataDir: join(dir.path, 'file', 'data') }, {});
  expect((await findings({ config }))['data folder']).toMatchObject({ verdict: 'problem' });
});

test('doctor works on a machine that is not enrolled, and its exit code says whether something is wrong', async () => {
  const { exitCode, stdout, stderr } = await farhandAgent(['doctor', '--json', '--data-dir', dir.path]);
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const checks = found.map(({ check }) => check);
  expect(checks).toEqual([...PROBES.map(({ name }) => name), 'data folder', 'enrollment']);
  expect(exitCode).toBe(found.some(({ verdict }) => verdict === 'problem' || verdict === 'not-run') ? 1 : 0);
  expect(stderr).toBe('');
  expect((await farhandAgent(['doctor', '--jsno'])).exitCode).toBe(2);
});

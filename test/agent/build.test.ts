import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VERSION } from '../../shared/version.ts';
import { startPeer } from '../support/collector-peer.ts';
import { farhandAgent, startFarhandAgent } from '../support/farhand-agent.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

test('the bundled agent works as one file without any package beside it', async () => {
  const built = await farhandAgent([], { main: 'agent/build.ts' });
  expect(built).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  using dir = tempDir();
  const main = join(dir.path, 'farhand-agent.mjs');
  copyFileSync('agent/dist/farhand-agent.mjs', main);
  await using peer = await startPeer();
  const at = ['--data-dir', join(dir.path, 'data')];

  expect(await farhandAgent(['--version'], { main })).toMatchObject({ stdout: `${VERSION}\n` });
  await farhandAgent(['enroll', ...at, '--token-file', '-'], { main, input: peer.token() });
  const running = startFarhandAgent(['run', ...at], { main });
  await until(() => peer.observations().length > 0, { withinMs: 20_000 });
  running.kill('SIGTERM');

  expect(await running.finished()).toMatchObject({ exitCode: 0 });
  expect(peer.refusals).toEqual([]);
  const licenses = readFileSync('agent/dist/farhand-agent.LICENSES.txt', 'utf8');
  for (const name of ['ws', 'pino', 'zod']) expect(licenses).toMatch(new RegExp(`^${name}\n\n.*MIT`, 'ms'));
});

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const SCRIPT = `
  import { openLog } from './agent/log.ts';
  const log = openLog('info');
  for (const name of ['secret', 'token', 'authorization', 'organizationKey', 'privateKey']) {
    log.info({ [name]: 'hush-top', inner: { [name]: 'hush-inner' } }, 'a message');
    log.child({ part: 'link' }).info({ [name]: 'hush-child' }, 'a message');
  }
`;

test('no secret reaches the log, whatever field it comes in', () => {
  const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', SCRIPT], {
    encoding: 'utf8',
  });
  const lines = stderr.trim().split('\n');
  expect(lines).toHaveLength(10);
  expect(stderr).not.toContain('hush');
  expect(stderr.match(/\[redacted\]/g)).toHaveLength(15);
  expect(stdout).toBe('');
});

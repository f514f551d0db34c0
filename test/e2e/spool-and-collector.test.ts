import { afterEach, beforeEach, expect, test } from 'vitest';
import { enroll } from '../../agent/enroll.ts';
import { readIdentity } from '../../agent/identity.ts';
import { startLink } from '../../agent/link.ts';
import { openSpool, type SpoolLimits } from '../../agent/spool.ts';
import { testCollector } from '../support/collector.ts';
import { listenersBegan } from '../support/sample-changes.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function world(limits: Partial<SpoolLimits> = {}) {
  const collector = stack.use(await testCollector());
  const dir = stack.use(tempDir());
  const { log, lines } = testLog();
  await enroll(await collector.token(), dir.path);
  const identity = readIdentity(dir.path);
  const { endpoint, sign } = identity;
  const spool = stack.use(openSpool({ dataDir: dir.path, endpoint, sign, log, limits }));
  const link = () => stack.use(startLink({ identity, spool, boot: 'boot-1', version: '0.1.0', log }));
  return { spool, link, lines };
}

test('a long backlog drains through the credits of the collector without a refusal', async () => {
  const { spool, link, lines } = await world();
  for (let from = 1; from <= 2_001; from += 1_000) spool.append(listenersBegan(1_000, from));
  await link().settled();
  expect(lines.map(({ level }) => level)).toEqual(['info']);
});

test('a spool that overflowed before its first delivery is taken from where it still is', async () => {
  const { spool, link, lines } = await world({ observations: 1_000 });
  for (let round = 0; round < 12; round += 1) {
    spool.append(listenersBegan(100));
    spool.sealAll();
  }
  expect(spool.position().oldest).toBeGreaterThan(1);
  await link().settled();
  const { oldest, next } = spool.position();
  expect(oldest).toBe(next);
  expect(lines.filter(({ message }) => message === 'connection ended')).toEqual([]);
});

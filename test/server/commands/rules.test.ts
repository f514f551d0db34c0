import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rules } from '../../../server/commands/rules.ts';
import { openStore } from '../../../server/store/store.ts';
import { seedFleet } from '../../support/seed.ts';

let folder = '';
let printed = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-rules-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

test('the list tells severity, family, techniques and advisories', async () => {
  expect(await rules.run([])).toBe(0);
  expect(printed).toMatch(/^no-rest +high +presence +\S.*\n +T1078, us-2022-platform-3, /m);
});

test('fairness tells rates by declared country from the store', async () => {
  {
    await using store = await openStore(folder);
    await seedFleet(store.db);
  }
  expect(await rules.run(['fairness', '--data-dir', folder, '--json'])).toBe(0);
  const rows: { country: string; contractors: number; rate: number }[] = JSON.parse(printed);
  expect(rows.map(({ country, contractors }) => [country, contractors])).toEqual([
    ['all', 3],
    ['US', 2],
    ['none declared', 1],
  ]);
  expect(rows.every(({ rate }) => rate > 0)).toBe(true);
});

test.each([[['fairness', 'US']], [['shows', 'no-rest']], [['show', 'no-such-rule']]])(
  '%j is refused',
  async (args) => {
    await expect(rules.run(args)).rejects.toMatchObject({ code: 'USAGE' });
  },
);

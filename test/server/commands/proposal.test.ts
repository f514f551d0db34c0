import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore } from '../../../server/store/store.ts';
import { tempDir } from '../../support/temp-dir.ts';

const MAIN = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const AT = '2026-03-02T14:00:00.000Z';

let folder: ReturnType<typeof tempDir>;
beforeAll(async () => {
  folder = tempDir();
  await using store = await openStore(folder.path);
  await store.db
    .insertInto('contractors')
    .values({ id: 'ada', label: null, declaration: null, updated_at: AT })
    .execute();
});
afterAll(() => folder[Symbol.dispose]());

function farhand(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args, '--data-dir', folder.path], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const ASK = ['proposal', 'exception', '--contractor', 'ada', '--tool', 'anydesk', '--from', '2026-03-02'];

test('an exception is asked for, listed, and not approved by whoever asked', async () => {
  const asked = await farhand(...ASK, '--until', '2026-03-06', '--reason', 'support week');
  expect(asked.stdout).toContain(
    'exception for ada: tool anydesk, from 2026-03-02T00:00:00.000Z until 2026-03-06T00:00:00.000Z',
  );
  const [id = ''] = asked.stdout.split('  ');
  expect((await farhand('proposal', 'list', '--status', 'pending')).stdout).toBe(asked.stdout);
  const own = await farhand('proposal', 'approve', id, '--reason', 'fine');
  expect(own.code).toBe(1);
  expect(own.stderr).toContain('FOUR_EYES');
  const preview = await farhand('proposal', 'preview', id);
  expect(preview.stdout).toContain('No finding of the last 30 days would change.');
});

test('settings come from a file and are checked before they are asked for', async () => {
  const file = join(folder.path, 'settings.json');
  writeFileSync(file, JSON.stringify({ vendors: 1 }));
  const refused = await farhand(
    'proposal',
    'settings',
    'several-remote-tools',
    '--file',
    file,
    '--reason',
    'x',
  );
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('SETTINGS_INVALID')]);
  writeFileSync(file, JSON.stringify({ vendors: 3 }));
  const asked = await farhand(
    'proposal',
    'settings',
    'several-remote-tools',
    '--file',
    file,
    '--reason',
    'x',
  );
  expect(asked.stdout).toContain('settings of several-remote-tools {"vendors":3}');
});

test.each([
  [['proposal'], 'there is no proposal'],
  [['proposal', 'approve'], 'name a proposal'],
  [['proposal', 'approve', 'pr-1'], '--reason is needed'],
  [['proposal', 'list', '--status', 'odd'], 'there is no status odd'],
  [[...ASK, '--until', 'soon', '--reason', 'x'], 'until'],
])('%j tells what is wrong with the call', async (args, words) => {
  const { code, stderr } = await farhand(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
});

test('the store itself is judged anew, and nothing is written', async () => {
  const { code, stdout } = await farhand('backtest', '--store', '--json');
  expect([code, stdout]).toEqual([0, '']);
  const both = await farhand('backtest', '--store', 'story.jsonl');
  expect(both.code).toBe(2);
});

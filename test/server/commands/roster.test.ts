import { createHmac } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { roster } from '../../../server/commands/roster.ts';
import { organizationKey } from '../../../server/store/meta.ts';
import { openStore } from '../../../server/store/store.ts';

let folder = '';
let printed = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-roster-'));
  printed = '';
  const print = (chunk: string | Uint8Array) => {
    printed += String(chunk);
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(print);
  vi.spyOn(process.stderr, 'write').mockImplementation(print);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true, force: true });
});

async function fileWith(name: string, content: string | Buffer): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const imported = (file: string, ...more: readonly string[]) =>
  roster.run(['import', file, '--data-dir', join(folder, 'data'), ...more]);

async function stored(): Promise<readonly { readonly id: string; readonly label: string | null }[]> {
  await using store = await openStore(join(folder, 'data'));
  return await store.db.selectFrom('contractors').select(['id', 'label']).orderBy('id').execute();
}

test('a good file is imported once, and again without effect', async () => {
  const file = await fileWith('people.CSV', 'contractor,label,timezone\r\nc-1,=1+1,UTC\r\nc-2,,\r\n');
  expect(await imported(file)).toBe(0);
  expect(printed).toContain('Imported: 2 new, 0 changed, 0 unchanged; endpoints bound: 0\n');
  expect(printed).toContain('1 of 2 declare no timezone');
  expect(await stored()).toEqual([
    { id: 'c-1', label: '=1+1' },
    { id: 'c-2', label: null },
  ]);
  await imported(file);
  expect(printed).toContain('Imported: 0 new, 0 changed, 2 unchanged');
});

test('a dry run says what would change and stores nothing', async () => {
  expect(await imported(await fileWith('people.json', '[{"id":"c-1"}]'), '--dry-run')).toBe(0);
  expect(printed).toContain('Would import: 1 new');
  expect(await stored()).toEqual([]);
});

test('serial numbers are kept as the hashes that agents tell, however they were written', async () => {
  await imported(await fileWith('people.csv', 'contractor,issued_serials\nc-1,ex-0042; EX-0043;EX-0042\n'));
  await using store = await openStore(join(folder, 'data'));
  const key = Buffer.from(await organizationKey(store.db), 'base64url');
  const hashes = ['serial EX-0042', 'serial EX-0043'].map((text) =>
    createHmac('sha256', key).update(text).digest('hex').slice(0, 32),
  );
  const { declaration } = await store.db
    .selectFrom('contractors')
    .select('declaration')
    .executeTakeFirstOrThrow();
  expect(JSON.parse(declaration ?? '')).toEqual({ issuedSerials: hashes.toSorted() });
});

test('one bad row keeps all rows out', async () => {
  const file = await fileWith('people.csv', 'contractor,countries\nc-1,US\nc-2,UK\n');
  await expect(imported(file)).rejects.toMatchObject({
    code: 'ROSTER_INVALID',
    message: expect.stringContaining('row 3, countries: UK is no country code; Great Britain is GB'),
  });
  expect(await stored()).toEqual([]);
});

test('a file that is too large, no UTF-8 or not there is refused', async () => {
  const large = await fileWith('large.csv', Buffer.alloc(10 * 1024 * 1024 + 1, 'x'));
  await expect(imported(large)).rejects.toMatchObject({
    code: 'ROSTER_INVALID',
    context: { reason: 'larger than 10 MB' },
  });
  const utf16 = await fileWith('excel.csv', Buffer.from('\uFEFFcontractor\nc-1\n', 'utf16le'));
  await expect(imported(utf16)).rejects.toMatchObject({ code: 'ROSTER_INVALID' });
  await expect(imported(join(folder, 'nowhere.csv'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
});

test.each([
  [[]],
  [['import']],
  [['export', 'a.csv']],
  [['import', 'a.csv', 'b.csv']],
  [['import', 'a.txt']],
  [['import', 'a.csv', '--wet']],
])('the words %j are refused', async (words) => {
  await expect(roster.run(words)).rejects.toMatchObject({ code: 'USAGE' });
});

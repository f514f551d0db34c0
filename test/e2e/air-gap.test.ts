import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { exportCommand } from '../../agent/commands/export.ts';
import { importCommand } from '../../server/commands/import.ts';
import { verifyActions } from '../../server/store/actions.ts';
import { codedError } from '../../shared/errors.ts';
import { parsePayload } from '../../shared/frames.ts';
import { type TestCollector, testCollector } from '../support/collector.ts';
import { deliverAll, enrolledSpool, enrollHere } from '../support/enrolled-spool.ts';
import { output } from '../support/processes.ts';
import { listenersBegan } from '../support/sample-changes.ts';
import { tempDir } from '../support/temp-dir.ts';

let dir: ReturnType<typeof tempDir>;
let collector: TestCollector;
let dataDir: string;
let endpoint: string;
beforeEach(async () => {
  dir = tempDir();
  collector = await testCollector();
  dataDir = join(dir.path, 'agent');
  endpoint = await enrollHere(collector, dataDir);
});
afterEach(async () => {
  await collector[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

const file = (name = 'laptop.farhand') => join(dir.path, name);
const exported = (...args: readonly string[]) =>
  output(['agent/main.ts', 'export', ...args, '--data-dir', dataDir]);
const imported = (path = file()) =>
  output(['server/main.ts', 'import', path, '--data-dir', collector.dataDir]);

/** The commands within this process, which is quicker: what they print, and the code of what they throw. */
async function here(run: () => Promise<number>): Promise<string> {
  const printed: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    await run();
  } catch (error) {
    printed.push(codedError(error).code);
  } finally {
    spy.mockRestore();
  }
  return printed.join('');
}
const exportHere = (...args: readonly string[]) =>
  here(() => exportCommand.run([...args, '--data-dir', dataDir]));
const importHere = (path = file()) => here(() => importCommand.run([path, '--data-dir', collector.dataDir]));

async function append(count: number, from = 1): Promise<void> {
  await using spool = enrolledSpool(dataDir);
  spool.append(listenersBegan(count, from));
}

const stored = () =>
  collector.store.db
    .selectFrom('batches')
    .select(['first', 'last'])
    .where('endpoint', '=', endpoint)
    .execute();

test('what waits is exported, taken in once, and acknowledged when the endpoint connects after all', {
  timeout: 60_000,
}, async () => {
  await append(1_200);
  expect(await exported(file())).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Exported 3 sealed batches'),
  });

  expect(await imported()).toMatchObject({
    code: 0,
    stdout: `${endpoint}: 3 batches stored, 0 repeated, 0 refused; 0 new gaps\n`,
    stderr: expect.stringContaining('never been connected'),
  });
  expect(await importHere()).toBe(`${endpoint}: 0 batches stored, 3 repeated, 0 refused; 0 new gaps\n`);
  expect(await stored()).toEqual([
    { first: 1, last: 500 },
    { first: 501, last: 1_000 },
    { first: 1_001, last: 1_200 },
  ]);

  await append(100, 2_000);
  await using spool = enrolledSpool(dataDir);
  await deliverAll(dataDir, spool);
  expect(spool.position()).toMatchObject({ oldest: 1_301, next: 1_301 });
  expect((await stored()).at(-1)).toEqual({ first: 1_201, last: 1_300 });
  const gaps = await collector.store.db.selectFrom('gaps').selectAll().execute();
  expect(gaps).toEqual([]);
  const actions = await collector.store.db
    .selectFrom('actions')
    .select(['action', 'subject'])
    .where('action', '=', 'evidence.import')
    .execute();
  expect(actions).toEqual([
    { action: 'evidence.import', subject: endpoint },
    { action: 'evidence.import', subject: endpoint },
  ]);
  expect(await verifyActions(collector.store.db)).toMatchObject({ intact: true });
});

test('a later export holds the earlier one, and --all also what was acknowledged', async () => {
  await append(10);
  await exportHere(file('one'));
  await append(10, 100);
  await exportHere(file('two'));
  await importHere(file('one'));
  expect(await importHere(file('two'))).toContain('1 batches stored, 1 repeated, 0 refused');
  {
    await using spool = enrolledSpool(dataDir);
    await deliverAll(dataDir, spool);
  }
  expect(await exportHere(file('three'))).toBe('Nothing waits, so no file was written.\n');
  expect(await exportHere(file('three'), '--all')).toContain('Exported 2 sealed batches');
  expect(await importHere(file('three'))).toContain('0 batches stored, 2 repeated, 0 refused');
});

test('never writes over a file, and leaves none that is not whole', async () => {
  await append(10);
  writeFileSync(file(), 'precious');
  expect(await exportHere(file())).toBe('FILE_EXISTS');
  expect(readFileSync(file(), 'utf8')).toBe('precious');
  expect(await exportHere(join(dir.path, 'nowhere', 'file'))).toBe('EXPORT_FAILED');
  expect(readdirSync(dir.path).sort()).toEqual(['agent', 'laptop.farhand']);
});

test('takes in nothing of a file that was cut off, changed, continued or made by somebody else', async () => {
  await append(1_200);
  await exportHere(file());
  const whole = readFileSync(file());
  const lines = whole.toString().split('\n');
  const harms: readonly (readonly [string, () => void])[] = [
    ['EXPORT_INVALID', () => truncateSync(file(), whole.length - 1)],
    ['EXPORT_INVALID', () => writeFileSync(file(), `${lines.slice(0, 5).join('\n')}\n`)],
    ['EXPORT_INVALID', () => writeFileSync(file(), [...lines.slice(0, 3), ...lines.slice(5)].join('\n'))],
    ['EXPORT_INVALID', () => appendFileSync(file(), `${lines[1]}\n`)],
    ['EXPORT_INVALID', () => writeFileSync(file(), `${'x'.repeat(2_000_000)}`)],
    ['EXPORT_INVALID', () => writeFileSync(file(), '')],
    [
      'SIGNATURE_INVALID',
      () => writeFileSync(file(), whole.toString().replace('"port":700,', '"port":701,')),
    ],
    ['ENDPOINT_UNKNOWN', () => writeFileSync(file(), whole.toString().replace(endpoint, 'nobody'))],
  ];
  for (const [code, harm] of harms) {
    writeFileSync(file(), whole);
    harm();
    await expect(importCommand.run([file(), '--data-dir', collector.dataDir])).rejects.toMatchObject({
      code,
    });
  }
  expect(await stored()).toEqual([]);
});

test('a revoked endpoint is refused, and one whose key is another', async () => {
  await append(10);
  await exportHere(file());
  const other = join(dir.path, 'other');
  const stranger = await enrollHere(collector, other);
  writeFileSync(file('stolen'), readFileSync(file(), 'utf8').replace(endpoint, stranger));
  expect(await importHere(file('stolen'))).toBe('SIGNATURE_INVALID');

  await collector.store.db
    .updateTable('endpoints')
    .set({ revoked_at: '2026-03-02T14:00:00.000Z' })
    .where('id', '=', endpoint)
    .execute();
  expect(await importHere()).toBe('ENDPOINT_REVOKED');
  expect(await stored()).toEqual([]);
});

test('a file whose predecessor is missing is refused with its reason, and taken in after it', async () => {
  await append(10);
  await exportHere(file('one'));
  {
    await using spool = enrolledSpool(dataDir);
    spool.acked(spool.nextBatch(0)?.header.last ?? 0);
    spool.append(listenersBegan(5, 100));
    const batch = spool.nextBatch(10);
    expect(batch && parsePayload(batch).observations).toHaveLength(5);
  }
  await exportHere(file('two'));
  const early = await importHere(file('two'));
  expect(early).toContain('0 batches stored, 0 repeated, 1 refused');
  expect(early).toContain('IMPORT_INCOMPLETE');
  await importHere(file('one'));
  expect(await importHere(file('two'))).toContain('1 batches stored, 0 repeated, 0 refused');
});

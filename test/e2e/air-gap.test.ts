import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importCommand } from '../../server/commands/import.ts';
import { verifyActions } from '../../server/store/actions.ts';
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

test('what waits is exported, taken in once, and acknowledged when the endpoint connects after all', async () => {
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
  expect(await imported()).toMatchObject({
    code: 0,
    stdout: `${endpoint}: 0 batches stored, 3 repeated, 0 refused; 0 new gaps\n`,
  });
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
  await exported(file('one'));
  await append(10, 100);
  await exported(file('two'));
  await imported(file('one'));
  expect((await imported(file('two'))).stdout).toContain('1 batches stored, 1 repeated, 0 refused');
  {
    await using spool = enrolledSpool(dataDir);
    await deliverAll(dataDir, spool);
  }
  expect(await exported(file('three'))).toMatchObject({
    code: 0,
    stdout: 'Nothing waits, so no file was written.\n',
  });
  expect((await exported(file('three'), '--all')).stdout).toContain('Exported 2 sealed batches');
  expect((await imported(file('three'))).stdout).toContain('0 batches stored, 2 repeated, 0 refused');
});

test('never writes over a file, and leaves none that is not whole', async () => {
  await append(10);
  writeFileSync(file(), 'precious');
  const { code, stderr } = await exported(file());
  expect([code, stderr.slice(0, 12)]).toEqual([1, 'FILE_EXISTS:']);
  expect(readFileSync(file(), 'utf8')).toBe('precious');
  expect((await exported(join(dir.path, 'nowhere', 'file'))).stderr).toMatch(/^EXPORT_FAILED: /);
  expect(readdirSync(dir.path).sort()).toEqual(['agent', 'laptop.farhand']);
});

test('takes in nothing of a file that was cut off, changed, continued or made by somebody else', async () => {
  await append(1_200);
  await exported(file());
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
  await exported(file());
  const other = join(dir.path, 'other');
  const stranger = await enrollHere(collector, other);
  writeFileSync(file('stolen'), readFileSync(file(), 'utf8').replace(endpoint, stranger));
  expect((await imported(file('stolen'))).stderr).toMatch(/^SIGNATURE_INVALID /);

  await collector.store.db
    .updateTable('endpoints')
    .set({ revoked_at: '2026-03-02T14:00:00.000Z' })
    .where('id', '=', endpoint)
    .execute();
  expect((await imported()).stderr).toMatch(/^ENDPOINT_REVOKED /);
  expect(await stored()).toEqual([]);
});

test('a file whose predecessor is missing is refused with its reason, and taken in after it', async () => {
  await append(10);
  await exported(file('one'));
  {
    await using spool = enrolledSpool(dataDir);
    spool.acked(spool.nextBatch(0)?.header.last ?? 0);
    spool.append(listenersBegan(5, 100));
    const batch = spool.nextBatch(10);
    expect(batch && parsePayload(batch).observations).toHaveLength(5);
  }
  await exported(file('two'));
  const early = await imported(file('two'));
  expect(early.code).toBe(1);
  expect(early.stdout).toContain('0 batches stored, 0 repeated, 1 refused');
  expect(early.stderr).toContain('IMPORT_INCOMPLETE');
  await imported(file('one'));
  expect((await imported(file('two'))).stdout).toContain('1 batches stored, 0 repeated, 0 refused');
});

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectorKeys } from '../../../server/audit/collector-keys.ts';
import { makeBackup } from '../../../server/backup/make-backup.ts';
import { restoreBackup } from '../../../server/backup/restore-backup.ts';
import { readConfig } from '../../../server/config.ts';
import { examine } from '../../../server/doctor/examine.ts';
import { openLog } from '../../../server/log.ts';
import { openStore } from '../../../server/store/store.ts';
import { testCollector } from '../../support/collector.ts';
import { began, chainOf, enrollRaw, newEpoch, openRaw } from '../../support/raw-agent.ts';
import { telling } from '../../support/telling.ts';
import { tempDir } from '../../support/temp-dir.ts';

let folder: ReturnType<typeof tempDir>;
beforeEach(() => {
  folder = tempDir();
});
afterEach(() => folder[Symbol.dispose]());

const NOW = Date.parse('2026-11-02T14:00:00.000Z');
const listens = (port: number) => began({ kind: 'listener', proto: 'tcp', port, scope: 'any' });

async function examined(dataDir: string, all = true) {
  const config = readConfig({ env: {}, flags: { dataDir } });
  await using store = await openStore(dataDir);
  const found = await examine({ db: store.db, config, now: NOW, log: openLog('silent'), all });
  return Object.fromEntries(found.map(({ check, verdict }) => [check, verdict]));
}

test('a backup that is made while agents deliver restores to a store that the doctor finds whole', async () => {
  const dataDir = join(folder.path, 'live');
  const out = join(folder.path, 'monday.zip');
  await using store = await openStore(dataDir);
  const key = collectorKeys(dataDir, '2026-11-02T14:00:00.000Z').publicKey;
  await using laptop = await telling(store);
  for (let port = 1; port <= 20; port += 1) await laptop.tell([listens(port)], '2026-11-02T13:00:00.000Z');
  const writing = (async () => {
    for (let port = 21; port <= 40; port += 1) await laptop.tell([listens(port)], '2026-11-02T13:30:00.000Z');
  })();
  const { files } = await makeBackup({ dataDir, out, now: NOW });
  await writing;
  expect(files.map(({ path }) => path)).toEqual(['collector.sqlite', 'collector-keys.json']);

  const restored = join(folder.path, 'restored');
  await restoreBackup({ from: out, dataDir: restored });
  expect(await examined(restored)).toMatchObject({ store: 'fine', evidence: 'fine', 'action log': 'fine' });
  expect(collectorKeys(restored, '2026-11-02T14:00:00.000Z').publicKey).toBe(key);
  await using copy = await openStore(restored);
  const { length } = await copy.db.selectFrom('batches').select('id').execute();
  expect(length).toBeGreaterThanOrEqual(20);

  await expect(restoreBackup({ from: out, dataDir: restored })).rejects.toMatchObject({
    code: 'FOLDER_NOT_EMPTY',
  });
  const bytes = readFileSync(out);
  bytes[Math.floor(bytes.length / 3)] = (bytes[Math.floor(bytes.length / 3)] ?? 0) ^ 1;
  writeFileSync(out, bytes);
  const elsewhere = join(folder.path, 'elsewhere');
  await expect(restoreBackup({ from: out, dataDir: elsewhere })).rejects.toMatchObject({
    code: 'BACKUP_INVALID',
  });
});

test('a restored collector takes its agents again, and what it lost is a gap on the ledger', async () => {
  const out = join(folder.path, 'monday.zip');
  const restored = join(folder.path, 'restored');
  const epoch = newEpoch();
  const identity = await (async () => {
    await using collector = await testCollector();
    const enrolled = await enrollRaw(await collector.token());
    await using agent = await openRaw(enrolled, { epoch });
    const chain = chainOf(enrolled, epoch);
    agent.send(chain.frame([listens(1)]));
    expect(await agent.next()).toMatchObject({ type: 'ack', through: 1 });
    await makeBackup({ dataDir: collector.dataDir, out, now: Date.now() });
    agent.send(chain.frame([listens(2)]));
    expect(await agent.next()).toMatchObject({ type: 'ack', through: 2 });
    return { enrolled, chain };
  })();
  await restoreBackup({ from: out, dataDir: restored });
  await using collector = await testCollector({ config: { dataDir: restored } });
  const { enrolled, chain } = identity;
  await using agent = await openRaw({ ...enrolled, url: collector.url }, { epoch, oldest: 3, next: 3 });
  agent.send(chain.frame([listens(3)]));
  expect(await agent.next()).toMatchObject({ type: 'ack', through: 3 });
  const gaps = await collector.store.db.selectFrom('gaps').select(['first', 'last', 'cause']).execute();
  expect(gaps).toEqual([{ first: 2, last: 2, cause: 'spool-overflow' }]);
  expect(await examined(restored)).toMatchObject({ evidence: 'fine' });
});

test('the doctor names what was changed behind the collector, and a clock that was set back', async () => {
  const { path } = folder;
  await using store = await openStore(path);
  await using laptop = await telling(store);
  for (const port of [1, 2, 3]) await laptop.tell([listens(port)], '2026-11-02T13:00:00.000Z');
  await store.db
    .updateTable('batches')
    .set({ prev: 'A'.repeat(43) })
    .where('first', '=', 2)
    .execute();
  expect(await examined(path)).toMatchObject({ store: 'fine', evidence: 'problem', clock: 'fine' });
  await store.db.updateTable('batches').set({ received_at: '2027-01-01T00:00:00.000Z' }).execute();
  expect(await examined(path, false)).toMatchObject({ clock: 'problem' });
});

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { anchorDays, anchorsOf } from '../../../server/audit/anchors.ts';
import { collectorKeys, rotateCollectorKey } from '../../../server/audit/collector-keys.ts';
import { keepDays } from '../../../server/audit/keep-days.ts';
import { newMerkle } from '../../../server/audit/merkle.ts';
import { verifyPack } from '../../../server/audit/verify.ts';
import { openLog } from '../../../server/log.ts';
import { dayRoots } from '../../../server/store/day-roots.ts';
import { millis } from '../../../shared/time.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { auditWorld } from './world.ts';

test('a signed day never changes: what comes late goes into the day in which it arrives', async () => {
  await using world = await auditWorld({ machines: 1, days: 2 });
  const { db } = world.store;
  const before = await dayRoots(db);
  expect(before.map(({ day }) => day)).toEqual(['2026-03-02', '2026-03-03']);
  await db
    .updateTable('batches')
    .set({ received_at: '2026-03-02T12:00:00.000Z' })
    .where('first', '=', 4)
    .execute();
  const clock = () => millis('2026-03-06T01:00:00.000Z');
  expect(await keepDays({ db, signer: world.keys, clock })).toBe(2);
  expect((await dayRoots(db)).slice(0, 2)).toEqual(before);
  expect(await keepDays({ db, signer: world.keys, clock })).toBe(0);
});

test('each day holds the one before it, also over days without anything and a rotated key', async () => {
  await using world = await auditWorld({ machines: 1, days: 1 });
  const { db } = world.store;
  const signer = rotateCollectorKey(world.dataDir, '2026-03-04T00:00:00.000Z');
  await keepDays({ db, signer, clock: () => millis('2026-03-05T00:05:00.000Z') });
  const days = await dayRoots(db);
  expect(days).toHaveLength(3);
  expect(days.map(({ prev }) => prev).slice(1)).toEqual(days.map(({ hash }) => hash).slice(0, -1));
  expect(days.map(({ publicKey }) => publicKey)).toEqual([
    world.keys.publicKey,
    signer.publicKey,
    signer.publicKey,
  ]);
});

test('an anchor gets each day once; what it could not take waits', async () => {
  await using world = await auditWorld({ machines: 1, days: 2 });
  using folder = tempDir();
  const file = join(folder.path, 'anchor.jsonl');
  const options = { clock: Date.now, log: openLog('silent'), signal: new AbortController().signal };
  const unreachable = anchorsOf({ anchors: { file: join(folder.path, 'no', 'folder') } });
  const anchors = anchorsOf({ anchors: { file } });
  const { db } = world.store;
  expect(await anchorDays(db, { ...options, anchors: unreachable })).toBe(2);
  expect(await anchorDays(db, { ...options, anchors })).toBe(0);
  expect(await anchorDays(db, { ...options, anchors })).toBe(0);
  const lines = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const roots = await dayRoots(db);
  expect(lines.map(({ hash }) => hash)).toEqual(roots.map(({ hash }) => hash));

  const path = await world.pack();
  const anchor = new Map(roots.map(({ day, hash }) => [day, hash]));
  expect((await verifyPack({ path, anchor })).outcome).toBe('verified');
  const anew = new Map([...anchor, ['2026-03-02', 'B'.repeat(43)]] as [string, string][]);
  expect((await verifyPack({ path, anchor: anew })).outcome).toBe('tampered');
  const earlier = new Map([...anchor, ['2026-03-01', 'B'.repeat(43)]] as [string, string][]);
  expect((await verifyPack({ path, anchor: earlier })).outcome).toBe('incomplete');
});

test('the key is made once, readable by its owner alone', () => {
  using folder = tempDir();
  const at = '2026-03-02T00:00:00.000Z';
  const made = collectorKeys(folder.path, at);
  expect(collectorKeys(folder.path, at).publicKey).toBe(made.publicKey);
  expect(statSync(join(folder.path, 'collector-keys.json')).mode & 0o777).toBe(0o600);
});

test('a tree of leaves has the root of RFC 6962', () => {
  const tree = newMerkle();
  expect(tree.root()).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
  const leaves = ['a', 'b', 'c', 'd', 'e'].map((leaf) => tree.add(leaf));
  const again = newMerkle();
  for (const leaf of leaves) again.addHash(leaf);
  expect(again.root()).toBe(tree.root());
  expect(new Set([newMerkle().root(), tree.root(), leaves[0]]).size).toBe(3);
});

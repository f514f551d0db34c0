import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectorKeys, rotateCollectorKey } from '../../../server/audit/collector-keys.ts';
import { bare } from '../../../server/audit/fingerprint.ts';
import { keepDays } from '../../../server/audit/keep-days.ts';
import { verdictText } from '../../../server/audit/report.ts';
import { fingerprintOf } from '../../../server/audit/signatures.ts';
import { verifyPack } from '../../../server/audit/verify.ts';
import { readConfig } from '../../../server/config.ts';
import { purge } from '../../../server/retention/purge.ts';
import { keepTombstone } from '../../../server/store/tombstones.ts';
import type { ErrorCode } from '../../../shared/errors.ts';
import { actionText, type PackScope } from '../../../shared/pack.ts';
import { type AuditWorld, auditWorld, EVERYTHING, entriesIn } from './world.ts';

let world: AuditWorld;
beforeAll(async () => {
  world = await auditWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test('a pack of evidence that machines really sealed verifies, and says what was checked', async () => {
  const path = await world.pack();
  const verdict = await verifyPack({ path });
  expect(verdict).toMatchObject({
    outcome: 'verified',
    troubles: [],
    checked: { batches: 12, observations: 18, endpoints: 2, spools: 2, days: 3, hidden: 0 },
    signer: { trust: 'unconfirmed', publicKey: world.keys.publicKey },
  });
  expect(verdictText(verdict)).toContain(
    '12 sealed batches with 18 observations, in 2 spools of 2 endpoints',
  );
  expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('batches in a pack are byte for byte what was sealed', async () => {
  const path = await world.pack();
  const [machine] = world.machines;
  const text = await entryOf(path, `evidence/${machine?.endpoint}.batches`);
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(12);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    first: 1,
    last: 2,
    bytes: Buffer.byteLength(lines[1] ?? ''),
  });
  expect(JSON.parse(lines[1] ?? '').observations).toMatchObject([
    { seq: 1 },
    { seq: 2, fact: { user: 'mallory' } },
  ]);
});

test('a pack about one contractor tells nothing of others, and its chains still verify', async () => {
  const path = await world.pack({ scope: { ...EVERYTHING, contractors: ['ada'] } });
  const verdict = await verifyPack({ path });
  expect(verdict).toMatchObject({ outcome: 'verified', checked: { batches: 6, endpoints: 1, days: 3 } });
  expect(verdict.checked.hidden).toBeGreaterThan(0);
  const [, other] = world.machines;
  expect(await everythingIn(path)).not.toContain(other?.endpoint);
});

test('a redacted pack names no account, host or full address, and its seals still verify', async () => {
  const path = await world.pack({ scope: { ...EVERYTHING, redact: true } });
  const verdict = await verifyPack({ path });
  expect(verdict).toMatchObject({ outcome: 'verified', checked: { batches: 12 } });
  expect(verdictText(verdict)).toContain('redacted');
  const text = await everythingIn(path);
  for (const named of ['mallory', 'ada-laptop', '198.51.100.77', '"grace","192'])
    expect(text).not.toContain(named);
  expect(text).toContain('198.51.100.x');
  expect(text).toContain('(redacted)');
});

test('whoever knows the key is told whether it signed, vouched for the one that did, or did neither', async () => {
  const path = await world.pack();
  const fingerprint = fingerprintOf(world.keys.publicKey);
  expect((await verifyPack({ path, fingerprint })).signer?.trust).toBe('given');

  const rotated = rotateCollectorKey(world.dataDir, '2026-03-05T12:00:00.000Z');
  expect(collectorKeys(world.dataDir, '2026-03-05T13:00:00.000Z').publicKey).toBe(rotated.publicKey);
  const later = await world.pack({ keys: rotated });
  const verdict = await verifyPack({ path: later, fingerprint: bare(fingerprint) });
  expect(verdict).toMatchObject({
    outcome: 'verified',
    signer: { trust: 'vouched', publicKey: rotated.publicKey },
  });

  const foreign = await verifyPack({ path, fingerprint: fingerprintOf(rotated.publicKey) });
  expect(foreign).toMatchObject({ outcome: 'tampered', signer: { trust: 'foreign' } });
});

test('a pack that another key signed anew verifies by itself, and is tampered with to whoever knows the key', async () => {
  const dataDir = join(world.dataDir, 'elsewhere');
  const forger = collectorKeys(dataDir, '2026-03-05T12:00:00.000Z');
  const path = await world.pack({ keys: { ...forger, all: forger.all } });
  const known = fingerprintOf(world.keys.publicKey);
  expect(await verifyPack({ path, fingerprint: known })).toMatchObject({ outcome: 'tampered' });
  const alone = await verifyPack({ path });
  expect(alone.outcome).toBe('tampered');
  expect(verdictText(alone)).toContain('the root of this day is not what the collector signed');
  expect(verdictText(alone)).toContain(fingerprintOf(forger.publicKey));
});

test('whoever signs all days anew verifies alone, and is caught by the known key and by an anchor', async () => {
  await using other = await auditWorld({ machines: 1 });
  const { db } = other.store;
  const roots = await db.selectFrom('day_roots').select(['day', 'hash']).execute();
  const fingerprint = fingerprintOf(other.keys.publicKey);
  const forger = collectorKeys(join(other.dataDir, 'elsewhere'), '2026-03-02T09:00:00.000Z');
  await db.updateTable('actions').set({ actor: 'nobody' }).where('action', '=', 'case.note').execute();
  await chainAnew(db);
  for (const kept of ['day_roots', 'day_heads'] as const) await db.deleteFrom(kept).execute();
  await keepDays({ db, signer: forger, clock: () => Date.parse('2026-03-05T12:00:00.000Z') });
  const path = await other.pack({ keys: forger });

  const alone = await verifyPack({ path });
  expect(alone).toMatchObject({ outcome: 'verified', signer: { trust: 'unconfirmed' } });
  expect(verdictText(alone)).toContain(fingerprintOf(forger.publicKey));
  expect(verdictText(alone)).toContain('the key is the pack’s own word: compare it');
  expect(await verifyPack({ path, fingerprint })).toMatchObject({
    outcome: 'tampered',
    signer: { trust: 'foreign' },
  });
  const anchored = await verifyPack({ path, anchor: new Map(roots.map(({ day, hash }) => [day, hash])) });
  expect(anchored.outcome).toBe('tampered');
  expect(verdictText(anchored)).toContain('history was signed anew');
});

/** The chain of the action log as a forger would mend it. */
async function chainAnew(db: AuditWorld['store']['db']): Promise<void> {
  let prev = '0'.repeat(64);
  for (const row of await db.selectFrom('actions').selectAll().orderBy('id').execute()) {
    const hash = createHash('sha256')
      .update(actionText({ ...row, prev }))
      .digest('hex');
    await db.updateTable('actions').set({ prev, hash }).where('id', '=', row.id).execute();
    prev = hash;
  }
}

test('a collector that rewrote a batch, or left one out, cannot sign that away', async () => {
  await using other = await auditWorld({ machines: 1 });
  const { db } = other.store;
  const [machine] = other.machines;
  await db.deleteFrom('batches').where('first', '=', 4).execute();
  const without = await verifyPack({ path: await other.pack() });
  expect(without).toMatchObject({ outcome: 'incomplete' });
  expect(without.troubles[0]).toMatchObject({
    endpoint: machine?.endpoint,
    record: expect.stringContaining('batch 6–6'),
  });

  await db
    .updateTable('batches')
    .set({ hash: 'B'.repeat(43) })
    .where('first', '=', 3)
    .execute();
  const changed = await verifyPack({ path: await other.pack() });
  expect(changed.outcome).toBe('tampered');
  expect(changed.troubles[0]).toMatchObject({
    endpoint: machine?.endpoint,
    record: expect.stringContaining('batch 3–3'),
  });
});

test('a collector that rewrote its action log cannot sign that away', async () => {
  await using other = await auditWorld({ machines: 1 });
  await other.store.db
    .updateTable('actions')
    .set({ actor: 'nobody' })
    .where('action', '=', 'case.note')
    .execute();
  const verdict = await verifyPack({ path: await other.pack() });
  expect(verdict.outcome).toBe('tampered');
  expect(verdict.troubles[0]).toMatchObject({ file: 'tables/action-log.jsonl' });
});

test('missing numbers that the gap ledger explains are no trouble', async () => {
  await using other = await auditWorld({ machines: 1 });
  const { db } = other.store;
  const [machine] = other.machines;
  const { epoch } = await db.selectFrom('cursors').select('epoch').executeTakeFirstOrThrow();
  await db.deleteFrom('batches').where('first', '=', 4).execute();
  await db
    .insertInto('gaps')
    .values({
      endpoint: machine?.endpoint ?? '',
      epoch,
      first: 4,
      last: 5,
      cause: 'unknown',
      at: EVERYTHING.from,
    })
    .execute();
  expect(await verifyPack({ path: await other.pack() })).toMatchObject({
    outcome: 'verified',
    checked: { explained: 2 },
  });
});

test('what was purged behind a signed tombstone is no trouble, and a tombstone of nobody’s is', async () => {
  await using other = await auditWorld({ machines: 1 });
  const { db } = other.store;
  const gone = await db.selectFrom('batches').selectAll().where('first', '=', 4).executeTakeFirstOrThrow();
  await db.deleteFrom('batches').where('first', '=', 4).execute();
  const { endpoint, epoch, first, last, prev: headBefore, hash: headAfter, received_at: at } = gone;
  const evidence = { endpoint, epoch, first, last, batches: 1, observations: 2, headBefore, headAfter };
  const about = {
    class: 'evidence',
    cause: 'retention',
    contractor: 'ada',
    from: at,
    until: at,
    at,
    rows: 1,
  } as const;
  const tombstone = { format: 'farhand-tombstone.v1', ...about, digest: '0'.repeat(64), evidence } as const;
  const id = await keepTombstone(db, tombstone, { signer: other.keys });
  expect(await verifyPack({ path: await other.pack() })).toMatchObject({
    outcome: 'verified',
    checked: { explained: 2 },
  });

  await db.deleteFrom('tombstones').where('id', '=', id).execute();
  for (const [heads, record] of [
    [{ headBefore: 'B'.repeat(43), headAfter }, 'batch 3–3'],
    [{ headBefore, headAfter: 'B'.repeat(43) }, 'batch 6–6'],
  ] as const) {
    const wrong = await keepTombstone(
      db,
      { ...tombstone, evidence: { ...evidence, ...heads } },
      { signer: other.keys },
    );
    expect(await verifyPack({ path: await other.pack() })).toMatchObject({
      outcome: 'tampered',
      troubles: [{ record: expect.stringContaining(record), says: expect.stringContaining('4–5') }],
    });
    await db.deleteFrom('tombstones').where('id', '=', wrong).execute();
  }

  await keepTombstone(db, tombstone, { signer: other.keys });
  await db
    .updateTable('tombstones')
    .set({ signature: 'A'.repeat(86) })
    .execute();
  expect((await verifyPack({ path: await other.pack() })).troubles).toContainEqual(
    expect.objectContaining({ file: 'tables/tombstones.jsonl', kind: 'tampered' }),
  );
});

test('a purged action log verifies from where its tombstone says it goes on, and the days that cannot be reckoned are said', async () => {
  await using other = await auditWorld({ machines: 1 });
  const { db } = other.store;
  const { retention: kept } = readConfig({ env: {}, ownFile: false });
  await purge({
    store: other.store,
    retention: { ...kept, actions: 45 },
    now: Date.parse('2026-04-18T12:00:00.000Z'),
    signer: other.keys,
  });
  const left = await db.selectFrom('actions').selectAll().orderBy('id').limit(1).executeTakeFirstOrThrow();
  expect(left.id).toBeGreaterThan(1);
  const verdict = await verifyPack({ path: await other.pack() });
  expect(verdict).toMatchObject({ outcome: 'verified' });
  expect(verdict.notes.join(' ')).toContain('cannot be reckoned again');

  await db.deleteFrom('tombstones').where('class', '=', 'actions').execute();
  expect((await verifyPack({ path: await other.pack() })).outcome).toBe('tampered');
});

test('an empty range, a range that ends before it begins, and unknown names are refused by code', async () => {
  const range = { from: '2020-01-01T00:00:00.000Z', to: '2020-01-02T00:00:00.000Z' };
  for (const [scope, code] of [
    [{ ...EVERYTHING, ...range }, 'RANGE_EMPTY'],
    [{ ...EVERYTHING, to: EVERYTHING.from }, 'RANGE_EMPTY'],
    [{ ...EVERYTHING, contractors: ['nobody'] }, 'NOT_FOUND'],
    [{ ...EVERYTHING, endpoints: ['nothing'] }, 'NOT_FOUND'],
    [{ ...EVERYTHING, cases: ['none'] }, 'NOT_FOUND'],
  ] satisfies [PackScope, ErrorCode][])
    await expect(world.pack({ scope })).rejects.toMatchObject({ code });
});

test('a pack overwrites nothing', async () => {
  const path = join(world.dataDir, 'kept.zip');
  writeFileSync(path, 'mine');
  await expect(world.pack({ path })).rejects.toMatchObject({ code: 'PACK_UNWRITABLE' });
  expect(readFileSync(path, 'utf8')).toBe('mine');
});

async function entryOf(path: string, name: string): Promise<string> {
  return (await entriesIn(path)).get(name) ?? '';
}

async function everythingIn(path: string): Promise<string> {
  return [...(await entriesIn(path))].flat().join('\n');
}

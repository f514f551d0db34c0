import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectorKeys } from '../../../server/audit/collector-keys.ts';
import { readConfig } from '../../../server/config.ts';
import { examine } from '../../../server/doctor/examine.ts';
import { openLog } from '../../../server/log.ts';
import { erase } from '../../../server/retention/erase.ts';
import { startEraser } from '../../../server/retention/eraser.ts';
import { reportHtml } from '../../../server/retention/report-html.ts';
import { appendAction } from '../../../server/store/actions.ts';
import { asOf } from '../../../server/store/as-of.ts';
import { askErasure, withdrawErasure } from '../../../server/store/erasures.ts';
import { heldAbout } from '../../../server/store/held.ts';
import { placeHold, releaseHold } from '../../../server/store/holds.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { tombstones } from '../../../server/store/tombstones.ts';
import { run } from '../../support/processes.ts';
import { ANYDESK, began } from '../../support/raw-agent.ts';
import { telling } from '../../support/telling.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';

const AT = '2026-03-02T14:00:00.000Z';
const LATER = '2026-03-05T14:00:00.000Z';
const by = (actor: string) => ({ actor, source: 'cli', at: LATER });
const clock = () => Date.parse(LATER);

let folder: ReturnType<typeof tempDir>;
let store: Store;
beforeEach(async () => {
  folder = tempDir();
  store = await openStore(folder.path);
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

const signer = () => collectorKeys(folder.path, AT);
const asks = (actor: string, contractor = 'ada') =>
  askErasure(store.db, contractor, { reason: 'they asked', by: by(actor) });
const erases = () => erase({ store, clock, signer: signer() }, 'ada');
const begins = (port: number) => began({ kind: 'listener', proto: 'tcp', port, scope: 'any' });
const spans = () => store.db.selectFrom('spans').select(['contractor', 'endpoint']).execute();
const erased = async () => (await tombstones(store.db)).map(({ tombstone }) => tombstone);

async function wrong(): Promise<readonly string[]> {
  const config = readConfig({ env: {}, flags: { dataDir: folder.path } });
  const patient = { db: store.db, config, now: clock(), log: openLog('silent'), all: true };
  const examined = await examine(patient);
  const about = ['evidence', 'tombstones', 'action log'];
  return examined
    .filter(({ check, verdict }) => about.includes(check) && verdict !== 'fine')
    .map(({ what }) => what);
}

test('two people erase a person, not under a hold, and what is left verifies and says so', async () => {
  await using laptop = await telling(store, { at: AT });
  await laptop.tell([began(ANYDESK)], AT);
  const { id } = await placeHold(
    store.db,
    { scope: 'contractor', subject: 'ada', reason: 'matter' },
    by('iris'),
  );
  await expect(asks('iris')).rejects.toMatchObject({ code: 'LEGAL_HOLD' });
  await releaseHold(store.db, id, { reason: 'over', by: by('iris') });
  await releaseHold(store.db, id, { reason: 'over', by: by('otto') });

  expect(reportHtml('ada', await heldAbout(store.db, 'ada'))).toContain('anydesk');
  expect(await asks('iris')).not.toHaveProperty('approved');
  await expect(asks('iris')).rejects.toMatchObject({ code: 'FOUR_EYES' });
  expect(await asks('otto')).toMatchObject({ approved: { by: 'otto' } });
  await expect(withdrawErasure(store.db, 'ada', by('iris'))).rejects.toMatchObject({ code: 'ERASURE_BEGUN' });
  expect(await erases()).toBe('done');

  const text = reportHtml('ada', await heldAbout(store.db, 'ada'));
  expect([text.includes('anydesk'), text.includes('contractor.erase')]).toEqual([false, true]);
  expect(await asOf(store.db, 'ada', AT)).toMatchObject({
    complete: false,
    spans: [],
    note: expect.stringContaining('erased'),
  });
  expect(await erased()).toMatchObject([
    {
      ...{ class: 'evidence', cause: 'erasure', contractor: 'ada', rows: 1 },
      evidence: { endpoint: 'laptop-1', epoch: laptop.epoch, first: 1, last: 1 },
    },
    { class: 'spans', rows: 1 },
    { class: 'erasure', rows: 2, erasure: { requestedBy: 'iris', approvedBy: 'otto' } },
  ]);
  expect(await wrong()).toEqual([]);
});

test('what one person asked for can be taken back while nobody has agreed', async () => {
  await using _ = await telling(store, { at: AT });
  await asks('iris');
  await withdrawErasure(store.db, 'ada', by('iris'));
  expect(await asks('otto')).not.toHaveProperty('approved');
});

test('an erasure takes what a machine told while it was the person’s, before or after it was another’s', async () => {
  await using laptop = await telling(store, { at: AT });
  await using _ = await telling(store, { endpoint: 'laptop-2', contractor: 'ben', at: AT });
  const days = [AT, '2026-03-03T14:00:00.000Z', '2026-03-04T14:00:00.000Z'];
  const hand = async (from: string, to: string, at: string) => {
    await store.db.updateTable('endpoints').set({ contractor: to }).where('id', '=', 'laptop-1').execute();
    const action = { action: 'endpoint.bind', subject: 'laptop-1', detail: { from, to } };
    await appendAction(store.db, { actor: 'iris', source: 'cli', at, ...action });
  };
  await laptop.tell([begins(1)], days[0] ?? '');
  await hand('ada', 'ben', days[1] ?? '');
  await laptop.tell([begins(2)], days[1] ?? '');
  await hand('ben', 'ada', days[2] ?? '');
  await laptop.tell([begins(3)], days[2] ?? '');
  await hand('ada', 'ben', LATER);

  await asks('iris');
  await asks('otto');
  expect(await erases()).toBe('done');
  const left = await store.db.selectFrom('batches').select(['first', 'payload']).orderBy('first').execute();
  expect(left.map(({ payload }) => payload.length > 0)).toEqual([false, true, false]);
  expect((await erased()).flatMap(({ evidence }) => evidence?.first ?? [])).toEqual([1, 3]);
  expect(await spans()).toEqual([{ contractor: 'ben', endpoint: 'laptop-1' }]);
  const machines = await store.db.selectFrom('endpoints').select(['id', 'revoked_at']).execute();
  expect(machines.filter(({ revoked_at }) => revoked_at !== null)).toEqual([]);
  expect(await wrong()).toEqual([]);
});

test('an erasure that is killed in the middle goes on at the next start, and nothing is counted twice', async () => {
  await using laptop = await telling(store, { at: AT });
  for (let batch = 0; batch < 4; batch += 1)
    await laptop.tell(
      Array.from({ length: 400 }, (_, index) => begins(batch * 400 + index + 1)),
      AT,
    );
  await using other = await telling(store, { endpoint: 'laptop-2', contractor: 'ben', at: AT });
  await asks('iris');
  await asks('otto');

  const child = await run(['test/support/kill-while-signing.ts', 'erase', folder.path, LATER]);
  await until(() => child.child.signalCode !== null || child.child.exitCode !== null);
  expect(child.child.signalCode).toBe('SIGKILL');
  expect(await spans()).toHaveLength(1_100);

  const eraser = startEraser({ store, clock, log: openLog('silent'), signer });
  for (let port = 1; port <= 10; port += 1) await other.tell([begins(port)], AT);
  await until(async () => (await spans()).every(({ contractor }) => contractor === 'ben'));
  await until(async () => (await erased()).some((tombstone) => tombstone.class === 'erasure'));
  await eraser[Symbol.asyncDispose]();
  expect((await erased()).map((tombstone) => [tombstone.class, tombstone.rows])).toEqual([
    ['evidence', 4],
    ['spans', 1_600],
    ['erasure', 1_604],
  ]);
  expect(await spans()).toHaveLength(10);
  expect(await wrong()).toEqual([]);
});

test('a hold that is placed while an erasure goes on stops it until it is released', async () => {
  await using laptop = await telling(store, { at: AT });
  await laptop.tell([began(ANYDESK)], AT);
  await asks('iris');
  await asks('otto');
  const { id } = await placeHold(
    store.db,
    { scope: 'contractor', subject: 'ada', reason: 'matter' },
    by('iris'),
  );
  expect([await erases(), (await spans()).length]).toEqual(['held', 1]);
  await releaseHold(store.db, id, { reason: 'over', by: by('iris') });
  await releaseHold(store.db, id, { reason: 'over', by: by('otto') });
  expect([await erases(), (await spans()).length]).toEqual(['done', 0]);
});

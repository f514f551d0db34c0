import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Action, appendAction, appendActions, verifyActions } from '../../../server/store/actions.ts';
import { openStore, type Store } from '../../../server/store/store.ts';

let folder = '';
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-actions-'));
  store = await openStore(folder);
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function action(subject: string): Action {
  return {
    at: '2026-03-02T14:00:00.000Z',
    actor: 'ada',
    source: 'cli',
    action: 'test.note',
    subject,
    detail: { n: 1, what: 'x' },
  };
}

async function append(...actions: readonly Action[]): Promise<void> {
  await store.db.transaction().execute((trx) => appendActions(trx, actions));
}

test('an empty log is intact', async () => {
  expect(await verifyActions(store.db)).toMatchObject({ intact: true, count: 0 });
});

test('one by one and many at once give the same chain', async () => {
  await store.db.transaction().execute(async (trx) => {
    await appendAction(trx, action('a'));
    await appendAction(trx, action('b'));
  });
  const single = await verifyActions(store.db);
  await store.db.deleteFrom('actions').execute();
  await append(action('a'), action('b'));
  expect(await verifyActions(store.db)).toEqual(single);
  expect(single).toMatchObject({ intact: true, count: 2 });
});

test('a log of more than one page is verified to its end', async () => {
  await append(...Array.from({ length: 1_201 }, (_, index) => action(`c-${index}`)));
  expect(await verifyActions(store.db)).toMatchObject({ intact: true, count: 1_201 });
});

test('a changed, removed or swapped row is found where it stands', async () => {
  await append(action('a'), action('b'), action('c'), action('d'));
  const { db } = store;
  await db.updateTable('actions').set({ actor: 'eve' }).where('id', '=', 3).execute();
  expect(await verifyActions(db)).toEqual({ intact: false, brokenAt: 3 });

  await db.updateTable('actions').set({ actor: 'ada' }).where('id', '=', 3).execute();
  expect(await verifyActions(db)).toMatchObject({ intact: true, count: 4 });

  await db.deleteFrom('actions').where('id', '=', 2).execute();
  expect(await verifyActions(db)).toEqual({ intact: false, brokenAt: 3 });
});

test('what was rolled back is not in the chain', async () => {
  await append(action('a'));
  await expect(
    store.db.transaction().execute(async (trx) => {
      await appendAction(trx, action('b'));
      throw new Error('changed my mind');
    }),
  ).rejects.toThrow('changed my mind');
  await append(action('c'));
  expect(await verifyActions(store.db)).toMatchObject({ intact: true, count: 2 });
});

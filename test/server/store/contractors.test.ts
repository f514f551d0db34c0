import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyActions } from '../../../server/store/actions.ts';
import { type ContractorEntry, importContractors, previewImport } from '../../../server/store/contractors.ts';
import { openStore, type Store } from '../../../server/store/store.ts';

const AT = '2026-03-02T14:00:00.000Z';
const BY = { at: AT, actor: 'ada', source: 'cli', detail: { file: 'roster.csv' } };

let folder = '';
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-contractors-'));
  store = await openStore(folder);
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function entry(id: string, more: Partial<ContractorEntry> = {}): ContractorEntry {
  return { id, declaration: { countries: ['US'], timezone: 'America/Chicago' }, endpoints: [], ...more };
}

async function contractor(id: string): Promise<void> {
  await store.db
    .insertInto('contractors')
    .values({ id, label: null, declaration: null, updated_at: AT })
    .execute();
}

async function endpoint(id: string, owner: string): Promise<void> {
  await store.db
    .insertInto('endpoints')
    .values({
      id,
      contractor: owner,
      hostname: id,
      public_key: `key of ${id}`,
      agent_version: '0.1.0',
      enrolled_at: AT,
      last_seen_at: null,
      revoked_at: null,
    })
    .execute();
}

async function visit(span: number, owner: string, place: string): Promise<void> {
  await store.db
    .insertInto('visits')
    .values({
      span,
      place,
      contractor: owner,
      endpoint: 'laptop-1',
      from: AT,
      to: null,
      network_class: 'unknown',
    })
    .execute();
}

async function dirty(): Promise<readonly string[]> {
  const rows = await store.db.selectFrom('dirty_subjects').select(['scope', 'subject']).execute();
  return rows.map(({ scope, subject }) => `${scope} ${subject}`).sort();
}

async function rowsOf(table: 'contractors' | 'endpoints' | 'feed' | 'actions' | 'dirty_subjects' | 'visits') {
  return store.db.selectFrom(table).selectAll().execute();
}

async function everything(): Promise<string> {
  const tables = ['contractors', 'endpoints', 'feed', 'actions', 'dirty_subjects'] as const;
  return JSON.stringify(await Promise.all(tables.map(rowsOf)));
}

test('contractors are added, and everyone who judges or shows them is told', async () => {
  let rings = 0;
  store.dirty.listen(() => {
    rings += 1;
  });
  const summary = await importContractors(store, [entry('c-1', { label: '=1+1' }), entry('c-2')], BY);
  expect(summary).toEqual({ added: 2, changed: 0, unchanged: 0, bound: 0 });
  expect(await rowsOf('contractors')).toMatchObject([
    { id: 'c-1', label: '=1+1', updated_at: AT },
    { id: 'c-2', label: null },
  ]);
  expect(await dirty()).toEqual(['contractor c-1', 'contractor c-2']);
  expect(await rowsOf('feed')).toMatchObject([
    { topic: 'contractor', ref: 'c-1' },
    { topic: 'contractor', ref: 'c-2' },
  ]);
  expect(await rowsOf('actions')).toMatchObject([
    { action: 'roster.import', actor: 'ada', subject: 'roster' },
  ]);
  expect(rings).toBe(1);
});

test('the same import again changes nothing at all', async () => {
  await contractor('c-0');
  await endpoint('laptop-1', 'c-0');
  const entries = [entry('c-1', { endpoints: ['laptop-1'] }), { id: 'c-2', endpoints: [] }];
  await importContractors(store, entries, BY);
  const before = await everything();
  const again = await importContractors(store, entries, { ...BY, at: '2026-03-03T14:00:00.000Z' });
  expect(again).toEqual({ added: 0, changed: 0, unchanged: 2, bound: 0 });
  expect(await everything()).toBe(before);
});

test('a stored declaration with its keys in another order is the same declaration', async () => {
  await store.db
    .insertInto('contractors')
    .values({
      id: 'c-1',
      label: null,
      declaration: '{"timezone":"America/Chicago","countries":["US"]}',
      updated_at: AT,
    })
    .execute();
  expect(await previewImport(store.db, [entry('c-1')])).toMatchObject({ unchanged: 1 });
});

test('a changed declaration has its contractor and every place they visited judged again', async () => {
  await importContractors(store, [entry('c-1'), entry('c-2')], BY);
  await visit(1, 'c-1', 'egress:198.51.100.7');
  await visit(2, 'c-1', 'egress:198.51.100.7');
  await visit(3, 'c-1', 'egress:2001:db8::/64');
  await visit(4, 'c-2', 'egress:203.0.113.9');
  await store.db.deleteFrom('dirty_subjects').execute();

  const moved = entry('c-1', { declaration: { countries: ['CA'] } });
  expect(await importContractors(store, [moved, entry('c-2')], BY)).toMatchObject({
    changed: 1,
    unchanged: 1,
  });
  expect(await dirty()).toEqual([
    'contractor c-1',
    'place egress:198.51.100.7',
    'place egress:2001:db8::/64',
  ]);
  const changes = (await rowsOf('actions')).filter(
    (row) => 'action' in row && row.action === 'contractor.change',
  );
  expect(changes).toMatchObject([{ subject: 'c-1' }]);
  expect(JSON.stringify(changes)).toContain('America/Chicago');
});

test('a new label alone is shown but not judged', async () => {
  await importContractors(store, [entry('c-1')], BY);
  await store.db.deleteFrom('dirty_subjects').execute();
  expect(await importContractors(store, [entry('c-1', { label: 'Ada' })], BY)).toMatchObject({ changed: 1 });
  expect(await dirty()).toEqual([]);
  expect(await rowsOf('feed')).toHaveLength(2);
});

test('what a row leaves out is no longer declared', async () => {
  await importContractors(store, [entry('c-1', { label: 'Ada' })], BY);
  await importContractors(store, [{ id: 'c-1', endpoints: [] }], BY);
  expect(await rowsOf('contractors')).toMatchObject([{ label: null, declaration: null }]);
});

test('a bound endpoint moves, both contractors are judged again, and its spans stay', async () => {
  await contractor('c-0');
  await endpoint('laptop-1', 'c-0');
  await visit(1, 'c-0', 'egress:198.51.100.7');
  const summary = await importContractors(store, [entry('c-1', { endpoints: ['laptop-1'] })], BY);
  expect(summary).toMatchObject({ added: 1, bound: 1 });
  expect(await rowsOf('endpoints')).toMatchObject([{ id: 'laptop-1', contractor: 'c-1' }]);
  expect(await rowsOf('visits')).toMatchObject([{ contractor: 'c-0' }]);
  expect(await dirty()).toEqual(['contractor c-0', 'contractor c-1', 'place egress:198.51.100.7']);
  expect(await rowsOf('actions')).toMatchObject([
    { action: 'roster.import' },
    { action: 'endpoint.bind', subject: 'laptop-1', detail: '{"from":"c-0","to":"c-1"}' },
  ]);
  expect(await verifyActions(store.db)).toMatchObject({ intact: true, count: 2 });
});

test('an endpoint that is not enrolled stops the whole import', async () => {
  const before = await everything();
  const entries = [entry('c-1'), entry('c-2', { endpoints: ['laptop-9'] })];
  await expect(importContractors(store, entries, BY)).rejects.toMatchObject({ code: 'ROSTER_INVALID' });
  expect(await everything()).toBe(before);
});

test('a preview writes nothing', async () => {
  const before = await everything();
  expect(await previewImport(store.db, [entry('c-1')])).toMatchObject({ added: 1 });
  expect(await everything()).toBe(before);
});

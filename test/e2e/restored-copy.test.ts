import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TimedChange } from '../../shared/observation.ts';
import { type TestCollector, testCollector } from '../support/collector.ts';
import { deliverAll, enrolledSpool, enrollHere } from '../support/enrolled-spool.ts';
import { activityNoted, listenerBegan, listenerEnded } from '../support/sample-changes.ts';
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

async function deliver(...changes: readonly TimedChange[]): Promise<string> {
  await using spool = enrolledSpool(dataDir);
  spool.append(changes);
  await deliverAll(dataDir, spool);
  return spool.position().epoch;
}

const backup = () => cpSync(dataDir, join(dir.path, 'yesterday'), { recursive: true });
function restore(): void {
  rmSync(dataDir, { recursive: true });
  cpSync(join(dir.path, 'yesterday'), dataDir, { recursive: true });
}

/** Ports by where they were told, and whether the store takes them for open. */
async function ports(): Promise<readonly (readonly [number, boolean])[]> {
  const rows = await collector.store.db
    .selectFrom('spans')
    .select(['fact', 'to', 'id'])
    .where('endpoint', '=', endpoint)
    .where('kind', '=', 'listener')
    .orderBy('id')
    .execute();
  return rows.map(({ fact, to }) => [Number(JSON.parse(fact).port), to === null]);
}

const causes = async (): Promise<readonly string[]> => {
  const rows = await collector.store.db
    .selectFrom('gaps')
    .select('cause')
    .where('endpoint', '=', endpoint)
    .execute();
  return rows.map(({ cause }) => cause);
};

test.each([
  ['was sent less than the collector has', 1],
  ['has seen as much as was sent meanwhile', 4],
  ['has seen more than was sent meanwhile', 9],
])(
  "yesterday's copy that %s begins a new epoch, loses nothing new, and is on the ledger",
  async (_what, count) => {
    const before = await deliver(listenerBegan(1), listenerBegan(2));
    backup();
    await deliver(listenerBegan(3), listenerEnded(2), activityNoted(), listenerBegan(4));
    restore();
    const fresh = Array.from({ length: count }, (_, index) => listenerBegan(100 + index));

    const after = await deliver(...fresh);

    expect(after).not.toBe(before);
    const open = (await ports()).filter(([, isOpen]) => isOpen).map(([port]) => port);
    expect(open.sort((a, b) => a - b)).toEqual([1, 2, ...fresh.map((_, index) => 100 + index)]);
    expect(new Set(await causes())).toEqual(new Set(['snapshot-revert']));
    const everNew = (await ports()).filter(([port]) => port >= 100);
    expect(everNew).toHaveLength(count);
  },
);

test('what came to an end while the copy had no connection is told with its beginning and its end', async () => {
  await deliver(listenerBegan(1), listenerBegan(2));
  backup();
  await deliver(listenerBegan(3), listenerBegan(4));
  restore();
  {
    await using spool = enrolledSpool(dataDir);
    spool.append([listenerEnded(1)]);
    spool.append([listenerBegan(5)]);
  }
  {
    await using spool = enrolledSpool(dataDir);
    spool.append([listenerEnded(5)]);
  }
  await deliver(listenerBegan(6));
  const told = await ports();
  expect(told.filter(([, isOpen]) => isOpen).map(([port]) => port)).toEqual([2, 6]);
  expect(told.filter(([port]) => port === 5)).toEqual([[5, false]]);
});

test('a spool that was damaged between two connections is on the ledger by that name', async () => {
  const before = await deliver(listenerBegan(1));
  writeFileSync(join(dataDir, 'spool.sqlite'), 'torn');
  const after = await deliver(listenerBegan(2));
  expect(after).not.toBe(before);
  expect(await causes()).toEqual(['spool-damaged']);
  const disruptions = await collector.store.db
    .selectFrom('spans')
    .select('fact')
    .where('kind', '=', 'disruption')
    .execute();
  expect(disruptions.map(({ fact }) => JSON.parse(fact))).toEqual([
    { kind: 'disruption', cause: 'spool-damaged' },
  ]);
});

test('what a full spool dropped is on the ledger with range, count and kinds', async () => {
  await using spool = enrolledSpool(dataDir, { limits: { observations: 50 } });
  for (let port = 1; port <= 40; port += 1) spool.append([listenerBegan(port), activityNoted()]);
  await deliverAll(dataDir, spool);
  const gaps = await collector.store.db
    .selectFrom('gaps')
    .select(['first', 'last', 'cause', 'detail'])
    .where('endpoint', '=', endpoint)
    .execute();
  const [gap] = gaps;
  expect(gaps).toMatchObject([{ first: 1, last: 80, cause: 'spool-overflow' }]);
  const { count, kinds } = JSON.parse(gap?.detail ?? '{}');
  expect(kinds).toEqual({ activity: count });
  expect(await ports()).toHaveLength(40);
});

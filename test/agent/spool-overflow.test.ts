import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { droppedIn, parsePayload } from '../../shared/frames.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { activityNoted, listenerBegan, listenerEnded, listenersBegan } from '../support/sample-changes.ts';
import { spoolIn, verifiedBatches } from '../support/spools.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';

const AT = '2026-03-02T14:00:00.000Z';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

function networkBegan(name: string, medium: 'wired' | 'wireless' = 'wired'): TimedChange {
  return { change: 'began', at: AT, fact: { kind: 'network', interface: name, medium } };
}

const networkEnded = (name: string): TimedChange => ({
  change: 'ended',
  at: AT,
  fact: { kind: 'network', interface: name },
});

function contentOf(batches: ReturnType<typeof verifiedBatches>) {
  const payloads = batches.map(parsePayload);
  return {
    kept: payloads.flatMap(({ observations }) => observations),
    dropped: payloads.reduce((sum, payload) => sum + droppedIn(payload), 0),
    kinds: payloads.flatMap(({ dropped }) => (dropped ? [dropped] : [])),
  };
}

test('a full spool gives up inventory before evidence, and the batches say how many of which kind', async () => {
  const told = testLog();
  await using spool = spoolIn(dir.path, { limits: { observations: 100 }, log: told.log });
  for (let port = 1; port <= 60; port += 1) {
    spool.append([
      listenerBegan(port),
      activityNoted(),
      networkBegan(`eth${port}`),
      networkEnded(`eth${port}`),
    ]);
  }
  const { oldest, next } = spool.position();
  const batches = verifiedBatches(spool);
  const { kept, dropped, kinds } = contentOf(batches);

  expect([oldest, next]).toEqual([1, 241]);
  expect(batches.at(0)?.header.first).toBe(1);
  expect(batches.at(-1)?.header.last).toBe(240);
  expect(kept.length).toBeLessThanOrEqual(100);
  expect(kept.length + dropped).toBe(240);
  expect(kept.filter(({ fact }) => fact.kind === 'listener')).toHaveLength(60);
  expect(kinds).toMatchObject([{ activity: expect.any(Number), network: expect.any(Number) }]);
  expect(told.lines.every(({ level }) => level === 'error')).toBe(true);
  const logged = told.lines.map(({ fields }) => ('dropped' in fields ? Number(fields.dropped) : 0));
  expect(logged.reduce((sum, count) => sum + count)).toBe(dropped);
});

test('the last word on what the collector may know is never dropped', async () => {
  await using spool = spoolIn(dir.path, { limits: { observations: 20 } });
  spool.append([networkBegan('known'), networkBegan('stays')]);
  spool.acked(spool.nextBatch(0)?.header.last ?? 0);
  spool.append([networkEnded('known'), networkBegan('stays', 'wireless')]);
  for (let round = 0; round < 200; round += 1) {
    spool.append([activityNoted(), networkBegan('flaps'), networkEnded('flaps')]);
  }
  const [batch] = [spool.nextBatch(2)];
  if (!batch) throw new Error('nothing waits');
  const { observations } = parsePayload(batch);
  expect(observations.slice(0, 2).map(({ change, fact }) => ({ change, fact }))).toEqual([
    { change: 'ended', fact: networkEnded('known').fact },
    { change: 'began', fact: networkBegan('stays', 'wireless').fact },
  ]);
  expect(batch.header.last).toBe(604);
});

test('evidence goes only when nothing else is left, the oldest first', async () => {
  await using spool = spoolIn(dir.path, { limits: { observations: 50 } });
  for (let round = 1; round <= 100; round += 1) {
    spool.append([listenerBegan(round), listenerEnded(round)]);
  }
  const { kept, kinds } = contentOf(verifiedBatches(spool));
  expect(kept.length).toBeLessThanOrEqual(50);
  expect(kept.at(-1)).toMatchObject({ seq: 200, change: 'ended' });
  expect(kept[0]?.seq).toBeGreaterThan(150);
  expect(kinds).toEqual([{ listener: 200 - kept.length }]);
});

test('batches that were sealed go whole when they alone are too much, and what is true is told anew', async () => {
  const told = testLog();
  await using spool = spoolIn(dir.path, { limits: { observations: 1_000 }, log: told.log });
  for (let round = 0; round < 50; round += 1) spool.append(listenersBegan(20));
  spool.sealAll();
  spool.append([listenerBegan(2_000)]);

  expect(spool.position()).toMatchObject({ oldest: 501, next: 1_023 });
  expect(told.lines).toMatchObject([{ level: 'error', fields: { sealed: 500 } }]);
  const { kept } = contentOf(verifiedBatches(spool, 0, spool.nextBatch(0)?.header.prev));
  const ports = kept.slice(-21).flatMap(({ fact }) => (fact.kind === 'listener' ? [fact.port] : []));
  expect(new Set(ports).size).toBe(21);
});

test('what was dropped stays accounted for across a restart and into a new epoch', async () => {
  {
    await using spool = spoolIn(dir.path, { limits: { observations: 30 } });
    for (let round = 0; round < 40; round += 1) spool.append([listenerBegan(round), activityNoted()]);
    spool.nextBatch(0);
    for (let round = 0; round < 40; round += 1) spool.append([listenerBegan(round), activityNoted()]);
  }
  await using spool = spoolIn(dir.path, { limits: { observations: 30 } });
  spool.startEpoch('CHAIN_BREAK');
  const { kept, dropped } = contentOf(verifiedBatches(spool));
  expect(kept.length + dropped).toBe(spool.position().next - 1);
  expect(dropped).toBeGreaterThan(50);
});

const word = fc.oneof(
  fc.constant(activityNoted()),
  fc.integer({ min: 1, max: 4 }).map((port) => listenerBegan(port)),
  fc.integer({ min: 1, max: 4 }).map((port) => listenerEnded(port)),
  fc.integer({ min: 1, max: 4 }).map((port) => networkBegan(`eth${port}`)),
  fc.integer({ min: 1, max: 4 }).map((port) => networkEnded(`eth${port}`)),
);

/** What a collector believes to be true after these words. */
function believed(words: readonly { readonly change: string; readonly fact: object }[]): readonly string[] {
  const open = new Set<string>();
  for (const { change, fact } of words) {
    const name =
      'port' in fact ? `port ${String(fact.port)}` : `${'interface' in fact ? String(fact.interface) : ''}`;
    if (change === 'began') open.add(name);
    if (change === 'ended') open.delete(name);
  }
  return [...open].sort();
}

test('however little room there is, every number is told or counted, and what is believed at the end is true', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ words: fc.array(word, { minLength: 1, maxLength: 12 }), send: fc.boolean() }), {
        minLength: 1,
        maxLength: 12,
      }),
      async (rounds) => {
        using place = tempDir();
        await using spool = spoolIn(place.path, { limits: { observations: 6 } });
        const words: TimedChange[] = [];
        const kept: { readonly change: string; readonly fact: object }[] = [];
        let [cursor, dropped] = [0, 0];
        const deliver = (): void => {
          for (let batch = spool.nextBatch(cursor); batch; batch = spool.nextBatch(cursor)) {
            expect(batch.header.first).toBe(cursor + 1);
            const payload = parsePayload(batch);
            kept.push(...payload.observations);
            dropped += droppedIn(payload);
            cursor = batch.header.last;
            spool.acked(cursor);
          }
        };
        for (const round of rounds) {
          spool.append(round.words);
          words.push(...round.words);
          if (round.send) deliver();
        }
        deliver();
        expect(kept.length + dropped).toBe(words.length);
        expect(believed(kept)).toEqual(believed(words));
      },
    ),
    { numRuns: 25 },
  );
});

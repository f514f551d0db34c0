import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newKeys, privateKeyOf, signWith } from '../../agent/identity.ts';
import { openSpool, type Spool } from '../../agent/spool.ts';
import { batchFrame, parsePayload } from '../../shared/frames.ts';
import { listenersBegan } from '../support/sample-changes.ts';
import { genesisHash, sealProblem } from '../support/seal-check.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';

const keys = newKeys();
const key = privateKeyOf(keys.privateKey);

type Step =
  | { readonly do: 'append'; readonly count: number }
  | { readonly do: 'send' | 'ack' | 'reconnect' | 'reopen' };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 700 }) }),
  fc.constantFrom<Step>({ do: 'send' }, { do: 'send' }, { do: 'ack' }, { do: 'reconnect' }, { do: 'reopen' }),
);

test('in any order of appends, sends, acks, reconnects and restarts, a collector gets one unbroken verified chain', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      using dir = tempDir();
      const told = testLog();
      const open = (): Spool =>
        openSpool({
          dataDir: dir.path,
          endpoint: 'laptop-1',
          sign: (bytes) => signWith(key, bytes),
          log: told.log,
        });
      let spool = open();
      const { epoch } = spool.position();
      const seen = new Map<number, string>();
      let [head, appended, committed, cursor] = [genesisHash('laptop-1', epoch), 0, 0, 0];

      const send = (): boolean => {
        const batch = spool.nextBatch(cursor);
        if (!batch) return false;
        const { first, last, hash } = batch.header;
        cursor = last;
        expect(batchFrame(batch)).toBe(seen.get(first) ?? batchFrame(batch));
        seen.set(first, batchFrame(batch));
        if (last <= committed) return true;
        expect(first).toBe(committed + 1);
        expect(sealProblem(batch, head, keys.publicKey)).toBe(undefined);
        parsePayload(batch);
        [committed, head] = [last, hash];
        return true;
      };

      for (const now of [...steps, { do: 'reconnect' } as const]) {
        if (now.do === 'append') {
          spool.append(listenersBegan(now.count));
          appended += now.count;
        }
        if (now.do === 'send') send();
        if (now.do === 'ack') spool.acked(committed);
        if (now.do === 'reconnect') {
          expect(spool.contradicts(committed)).toBe(false);
          spool.acked(committed);
          cursor = committed;
        }
        if (now.do === 'reopen') {
          await spool[Symbol.asyncDispose]();
          spool = open();
          cursor = spool.position().oldest - 1;
        }
        expect(spool.position()).toMatchObject({ epoch, next: appended + 1 });
      }
      while (send());
      spool.acked(committed);
      expect(committed).toBe(appended);
      expect(spool.position().oldest).toBe(appended + 1);
      expect(told.lines).toEqual([]);
      await spool[Symbol.asyncDispose]();
    }),
    { numRuns: 40 },
  );
});

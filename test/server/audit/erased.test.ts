import { expect, test } from 'vitest';
import { verifyPack } from '../../../server/audit/verify.ts';
import { erase } from '../../../server/retention/erase.ts';
import { askErasure } from '../../../server/store/erasures.ts';
import { auditWorld, EVERYTHING } from './world.ts';

const AT = '2026-03-05T12:00:00.000Z';

test('a pack of a person who was erased verifies by the seals that are left, and one with a payload missing does not', async () => {
  await using world = await auditWorld();
  const { store } = world;
  const by = (actor: string) => ({ actor, source: 'cli', at: AT });
  for (const actor of ['iris', 'otto']) await askErasure(store.db, 'ada', { reason: 'asked', by: by(actor) });
  expect(await erase({ store, clock: () => Date.parse(AT), signer: world.keys }, 'ada')).toBe('done');

  for (const contractors of [[], ['ada']]) {
    const verdict = await verifyPack({ path: await world.pack({ scope: { ...EVERYTHING, contractors } }) });
    expect(verdict).toMatchObject({ outcome: 'verified', troubles: [] });
  }

  const [, other] = world.machines;
  await store.db
    .updateTable('batches')
    .set({ payload: new Uint8Array() })
    .where('endpoint', '=', other?.endpoint ?? '')
    .where('first', '=', 4)
    .execute();
  expect(await verifyPack({ path: await world.pack() })).toMatchObject({
    outcome: 'tampered',
    troubles: [{ endpoint: other?.endpoint, record: expect.stringContaining('batch 4–5') }],
  });
});

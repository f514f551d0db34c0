import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findContractor } from '../../../server/store/contractor-views.ts';
import { findEndpoint } from '../../../server/store/endpoint-views.ts';
import { addEndpoint } from '../../../server/store/endpoints.ts';
import { insertSpan } from '../../../server/store/spans.ts';
import { openStore } from '../../../server/store/store.ts';
import { instant, MINUTE, millis } from '../../../shared/time.ts';
import { temporaryFolder } from '../../support/collector.ts';
import { SAMPLES } from '../../support/facts.ts';

const FIRST = '2026-03-02T14:00:00.000Z';
const minute = (of: number) => instant(millis(FIRST) + of * MINUTE);

test('an endpoint that changed hands keeps its past, and each contractor the spans of their own time', async () => {
  const folder = temporaryFolder();
  {
    await using store = await openStore(folder);
    const { db } = store;
    for (const contractor of ['ada', 'grace']) {
      const identity = { publicKey: `key-${contractor}`, hostname: contractor, agentVersion: '0' };
      await addEndpoint(db, { id: `laptop-of-${contractor}`, contractor, ...identity }, FIRST);
    }
    await db.transaction().execute(async (trx) => {
      const had = { endpoint: 'laptop-of-ada', contractor: 'ada' };
      const egress = { fact: SAMPLES.egress, source: 'collector', from: minute(0), to: minute(3) } as const;
      insertSpan(trx, { ...had, ...egress });
      insertSpan(trx, { ...had, fact: SAMPLES.tool, source: 'agent', from: minute(1), to: minute(2) });
      const has = { endpoint: 'laptop-of-ada', contractor: 'grace' };
      insertSpan(trx, { ...has, fact: SAMPLES.clock, source: 'agent', from: minute(4), to: minute(5) });
      insertSpan(trx, { ...has, fact: SAMPLES.clock, source: 'agent', from: minute(5), to: null });
    });
    await db
      .updateTable('endpoints')
      .set({ contractor: 'grace' })
      .where('id', '=', 'laptop-of-ada')
      .execute();

    const endpoint = await findEndpoint(db, 'laptop-of-ada');
    expect(endpoint?.past.map(({ kind }) => kind)).toEqual(['clock', 'tool', 'egress']);
    expect(endpoint?.now.map(({ kind }) => kind)).toEqual(['clock']);
    const ada = await findContractor(db, 'ada', minute(6));
    expect(ada?.spans.map(({ kind }) => kind)).toEqual(['tool', 'egress']);
    const grace = await findContractor(db, 'grace', minute(6));
    expect(grace?.spans.map(({ from, to }) => [from, to])).toEqual([
      [minute(5), null],
      [minute(4), minute(5)],
    ]);
  }
  rmSync(folder, { recursive: true });
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { collectorKeys } from '../../../server/audit/collector-keys.ts';
import { openLog } from '../../../server/log.ts';
import { startEraser } from '../../../server/retention/eraser.ts';
import { dataHeldSchema, personReportSchema } from '../../../shared/api/data-held.ts';
import { seedFleet } from '../../support/seed.ts';
import { until } from '../../support/until.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let woken = 0;
beforeAll(async () => {
  world = await openWorld({ eraser: { wake: () => (woken += 1) } });
  await seedFleet(world.store.db);
});
afterAll(() => world[Symbol.asyncDispose]());

const PATH = '/api/v1/contractors/ada';
const post = (path: string, cookie: string, body: unknown = { reason: 'she asked' }) =>
  world.post(`${PATH}${path}`, body, { cookie });

test('an auditor gets everything about a person in words, with who looked, and a viewer gets nothing', async () => {
  const [auditor, viewer] = [await world.signIn('grace', 'auditor'), await world.signIn('vera', 'viewer')];
  await world.get(PATH, viewer);
  await world.looked();
  for (const path of ['/report', '/held'])
    expect((await world.get(`${PATH}${path}`, viewer)).status).toBe(403);

  const page = await world.get(`${PATH}/report?format=html`, auditor);
  expect(page.headers.get('content-disposition')).toBe('attachment; filename="ada-data.html"');
  expect(await page.text()).toMatch(/Watched tools.*tool: anydesk/);
  const json = await world.get(`${PATH}/report`, auditor);
  const { sections } = z.parse(personReportSchema, await json.json());
  const looked = sections.find(({ title }) => title === 'Who looked');
  expect(looked?.rows.map(([, who, , what]) => [who, what])).toEqual([
    ['vera', 'contractor'],
    ['grace', 'contractor.report'],
  ]);
  for (const { columns, rows } of sections) for (const row of rows) expect(row).toHaveLength(columns.length);
  expect((await world.get('/api/v1/contractors/nobody/report', auditor)).status).toBe(404);
});

test('an erasure through the API needs two administrators and no hold, and is carried out at once', async () => {
  const [iris, otto] = [await world.signIn('iris'), await world.signIn('otto')];
  expect((await post('/erasure', await world.signIn('ann', 'auditor'))).status).toBe(403);
  const hold = { scope: 'contractor', subject: 'ada', reason: 'matter' };
  const placed = await world.post('/api/v1/holds', hold, { cookie: iris });
  const { id } = z.parse(z.looseObject({ id: z.string() }), await placed.json());
  expect(await (await post('/erasure', iris)).json()).toMatchObject({ code: 'LEGAL_HOLD' });
  for (const cookie of [iris, otto])
    await world.post(`/api/v1/holds/${id}/release`, { reason: 'over' }, { cookie });

  expect(await (await post('/erasure', iris)).json()).toMatchObject({
    erasure: { requestedBy: 'iris', approvedBy: null },
  });
  expect(await (await post('/erasure', iris)).json()).toMatchObject({ code: 'FOUR_EYES' });
  expect(await (await post('/erasure/withdraw', otto, {})).json()).toMatchObject({ erasure: null });
  await post('/erasure', iris);
  expect(await (await post('/erasure', otto)).json()).toMatchObject({ erasure: { approvedBy: 'otto' } });
  expect(woken).toBe(1);

  const signer = () => collectorKeys(world.dir, '2026-03-02T14:00:00.000Z');
  await using _ = startEraser({ store: world.store, clock: () => world.now, log: openLog('silent'), signer });
  const held = async () => z.parse(dataHeldSchema, await (await world.get(`${PATH}/held`, iris)).json());
  await until(async () => (await held()).erasedAt !== null);
  expect(await held()).toMatchObject({
    erasure: null,
    classes: expect.arrayContaining([expect.objectContaining({ class: 'spans', rows: 0, keptDays: 400 })]),
  });
});

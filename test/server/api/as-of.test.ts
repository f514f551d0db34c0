import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { importContractors } from '../../../server/store/contractors.ts';
import { writeFindings } from '../../../server/store/findings.ts';
import { type AsOf, asOfSchema } from '../../../shared/api/as-of.ts';
import type { Finding } from '../../../shared/finding.ts';
import { instant, MINUTE, millis } from '../../../shared/time.ts';
import { ANYDESK, began } from '../../support/raw-agent.ts';
import { SEED_FINDINGS } from '../../support/seed.ts';
import { telling } from '../../support/telling.ts';
import { openWorld, type World } from './world.ts';

const START = millis('2026-03-02T14:00:00.000Z');
const minute = (minutes: number) => instant(START + minutes * MINUTE);

let world: World;
let cookie: string;
beforeEach(async () => {
  world = await openWorld();
  cookie = await world.signIn();
});
afterEach(() => world[Symbol.asyncDispose]());

async function asOf(at: string, contractor = 'ada'): Promise<AsOf> {
  const answer = await world.get(`/api/v1/contractors/${contractor}/as-of?at=${at}`, cookie);
  expect(answer.status).toBe(200);
  return z.parse(asOfSchema, await answer.json());
}

async function declare(at: string, ...countries: readonly string[]): Promise<void> {
  const entry = {
    id: 'ada',
    endpoints: [],
    ...(countries.length > 0 && { declaration: { countries: [...countries] } }),
  };
  await importContractors(world.store, [entry], { at, actor: 'iris', source: 'cli', detail: {} });
}

test('a declaration is told as it was known then', async () => {
  await declare(minute(0), 'US');
  await declare(minute(10), 'PL');
  await declare(minute(20));
  const told = await Promise.all([-1, 0, 9, 10, 20].map(async (at) => (await asOf(minute(at))).declaration));
  expect(told).toEqual([null, { countries: ['US'] }, { countries: ['US'] }, { countries: ['PL'] }, null]);
  const { actor } = await world.store.db
    .selectFrom('declaration_versions')
    .select('actor')
    .where('known_from', '=', minute(10))
    .executeTakeFirstOrThrow();
  expect(actor).toBe('iris');
});

test('a finding is told with the outcome that it had, and its growing figures once an hour', async () => {
  await declare(minute(0), 'US');
  const [seeded] = SEED_FINDINGS;
  const write = (at: string, more: Partial<Finding>) =>
    world.store.db.transaction().execute((trx) =>
      writeFindings(trx, at, [
        {
          ...z.parse(z.custom<Finding>(), seeded),
          contractors: ['ada'],
          foundAt: minute(1),
          updatedAt: at,
          ...more,
        },
      ]),
    );
  await write(minute(1), {
    severity: 'high',
    outcome: 'open',
    to: null,
    arithmetic: [{ label: 'minutes', value: '1' }],
  });
  for (let at = 2; at <= 90; at += 1)
    await write(minute(at), {
      severity: 'high',
      outcome: 'open',
      to: null,
      arithmetic: [{ label: 'minutes', value: `${at}` }],
    });
  await write(minute(95), { severity: 'critical', outcome: 'open', to: null });
  await write(minute(100), { severity: 'critical', outcome: 'retracted', outcomeReason: 'late data' });

  expect((await asOf(minute(0))).findings).toEqual([]);
  expect((await asOf(minute(80))).findings).toMatchObject([
    { outcome: 'open', severity: 'high', arithmetic: [{ value: '61' }] },
  ]);
  expect((await asOf(minute(97))).findings).toMatchObject([{ outcome: 'open', severity: 'critical' }]);
  expect((await asOf(minute(100))).findings).toMatchObject([
    { outcome: 'retracted', updatedAt: minute(100) },
  ]);
  expect(await world.store.db.selectFrom('finding_versions').select('id').execute()).toHaveLength(4);
});

test('a finding that dropped somebody since is still theirs from then', async () => {
  await declare(minute(0), 'US');
  const shared = {
    ...z.parse(z.custom<Finding>(), SEED_FINDINGS[0]),
    foundAt: minute(1),
    updatedAt: minute(1),
  };
  const write = (at: string, contractors: string[]) =>
    world.store.db
      .transaction()
      .execute((trx) => writeFindings(trx, at, [{ ...shared, contractors, updatedAt: at }]));
  await write(minute(1), ['ada', 'ben']);
  await write(minute(5), ['ben']);
  expect((await asOf(minute(2))).findings).toHaveLength(1);
  expect((await asOf(minute(5))).findings).toEqual([]);
});

test('what an agent tells late was not known before it arrived, and neither was its end', async () => {
  await using laptop = await telling(world.store);
  await laptop.tell([began(ANYDESK)], minute(5), minute(30));
  await laptop.tell(
    [{ change: 'ended', fact: { kind: 'tool', tool: 'anydesk', state: 'running' } }],
    minute(40),
    minute(60),
  );
  expect((await asOf(minute(29))).spans).toEqual([]);
  expect((await asOf(minute(59))).spans).toMatchObject([{ from: minute(5), to: null }]);
  expect((await asOf(minute(60))).spans).toMatchObject([{ from: minute(5), to: minute(40) }]);
});

test('it says where history does not reach', async () => {
  await declare(minute(0), 'US');
  expect(await asOf(minute(5))).toMatchObject({ complete: true });
  await world.store.db
    .insertInto('meta')
    .values({ key: 'history-from', value: minute(10) })
    .execute();
  expect(await asOf(minute(9))).toMatchObject({
    complete: false,
    note: expect.stringContaining('2026-03-02'),
  });
  expect(await asOf(minute(10))).toMatchObject({ complete: true });
});

test.each(['', '?at=yesterday', '?at=2026-03-02'])('it asks for a moment, not for "%s"', async (query) => {
  await declare(minute(0), 'US');
  const answer = await world.get(`/api/v1/contractors/ada/as-of${query}`, cookie);
  expect([
    answer.status,
    (await world.get(`/api/v1/contractors/none/as-of?at=${minute(1)}`, cookie)).status,
  ]).toEqual([400, 404]);
});

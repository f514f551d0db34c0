import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type NewGap, recordGap } from '../../../server/store/gaps.ts';
import { insertSpan } from '../../../server/store/spans.ts';
import { endpointGapsSchema, gapsPageSchema, silencesSchema } from '../../../shared/api.ts';
import { SAMPLES } from '../../support/facts.ts';
import { seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

const EPOCH = '0123456789abcdef0123456789abcdef';
const NOON = '2026-03-02T12:00:00.000Z';
const OWNER = { endpoint: 'laptop-2', contractor: 'ben' };

let world: World;
let cookie: string;

beforeAll(async () => {
  world = await openWorld();
  const { db } = world.store;
  await seedFleet(db);
  cookie = await world.signIn();
  await db.transaction().execute(async (trx) => {
    const seen = { ...OWNER, source: 'collector' } as const;
    const presence = (connection: string) => ({ kind: 'presence', connection }) as const;
    insertSpan(trx, {
      ...seen,
      fact: presence('a'),
      from: '2026-03-02T09:00:00.000Z',
      to: '2026-03-02T11:00:00.000Z',
    });
    insertSpan(trx, {
      ...seen,
      fact: presence('b'),
      from: '2026-03-02T13:00:00.000Z',
      to: '2026-03-02T14:00:00.000Z',
    });
    insertSpan(trx, {
      ...OWNER,
      source: 'agent',
      fact: SAMPLES.control,
      from: '2026-03-02T10:00:00.000Z',
      to: '2026-03-02T12:30:00.000Z',
    });
    insertSpan(trx, {
      ...OWNER,
      source: 'agent',
      fact: SAMPLES.tool,
      from: '2026-03-02T10:00:00.000Z',
      to: '2026-03-02T10:30:00.000Z',
    });
    const gap = { endpoint: 'laptop-2', epoch: EPOCH } as const;
    await recordGap(trx, { ...gap, first: 5, last: 9, cause: 'spool-overflow' }, NOON);
    await recordGap(trx, { ...gap, first: 5, last: 9, cause: 'spool-overflow' }, '2026-03-02T12:10:00.000Z');
    const clone: NewGap = {
      ...gap,
      first: 10,
      last: 9,
      cause: 'clone',
      boots: ['a"_%', 'b'],
      addresses: ['192.0.2.1', '192.0.2.2'],
    };
    await recordGap(trx, clone, '2026-03-02T13:00:00.000Z');
    await recordGap(trx, { ...clone, first: 30, last: 29 }, '2026-03-02T13:30:00.000Z');
    await recordGap(trx, { ...clone, boots: ['a', 'b'] }, '2026-03-02T13:40:00.000Z');
  });
});
afterAll(() => world[Symbol.asyncDispose]());

async function read<S extends z.core.$ZodType>(schema: S, path: string): Promise<z.infer<S>> {
  const answer = await world.get(`/api/v1${path}`, cookie);
  expect(answer.status).toBe(200);
  return z.parse(schema, await answer.json());
}

test('a hole is on the ledger once, and a clone goes on as one for each pair of boots', async () => {
  const { gaps } = await read(gapsPageSchema, '/gaps?limit=10');
  expect(gaps.filter(({ endpoint }) => endpoint === 'laptop-2')).toMatchObject([
    { cause: 'clone', missing: 0, boots: ['a', 'b'] },
    { cause: 'clone', missing: 0, boots: ['a"_%', 'b'], addresses: ['192.0.2.1', '192.0.2.2'] },
    { cause: 'spool-overflow', missing: 5, contractor: 'ben', at: NOON },
  ]);
  const spans = await world.store.db
    .selectFrom('spans')
    .select(['from', 'to'])
    .where('kind', '=', 'gap')
    .where('endpoint', '=', 'laptop-2')
    .orderBy('from')
    .execute();
  expect(spans.map(({ from, to }) => [from.slice(11, 16), to?.slice(11, 16)])).toEqual([
    ['12:00', '12:00'],
    ['13:00', '13:30'],
    ['13:40', '13:40'],
  ]);
});

test('the ledger comes a page at a time, and by cause', async () => {
  const ids: number[] = [];
  let next: string | null = '';
  while (next !== null) {
    const page: z.infer<typeof gapsPageSchema> = await read(
      gapsPageSchema,
      `/gaps?limit=1${next ? `&cursor=${next}` : ''}`,
    );
    ids.push(...page.gaps.map(({ id }) => id));
    next = page.next;
  }
  expect(new Set(ids).size).toBe(4);
  const { gaps } = await read(gapsPageSchema, '/gaps?cause=spool-overflow');
  expect(gaps.map(({ endpoint }) => endpoint).toSorted()).toEqual(['laptop-1', 'laptop-2']);
});

test('a hole comes with what was true around it, and the connections before and after', async () => {
  const { gaps } = await read(endpointGapsSchema, '/endpoints/laptop-2/gaps');
  const around = gaps.find(({ gap }) => gap.cause === 'spool-overflow')?.around;
  expect(around?.open.map(({ kind }) => kind)).toEqual(['control']);
  expect([around?.before?.fact, around?.after?.fact]).toMatchObject([
    { connection: 'a' },
    { connection: 'b' },
  ]);
});

test('silences come newest first', async () => {
  const { silences } = await read(silencesSchema, '/endpoints/laptop-2/silences');
  expect(silences.map(({ from, to }) => [from.slice(11, 16), to?.slice(11, 16)])).toContainEqual([
    '11:00',
    '13:00',
  ]);
});

test.each(['/gaps?limit=0', '/gaps?cause=none', '/gaps?cursor=bm9uZQ', '/endpoints/laptop-2/gaps?limit=51'])(
  'GET %s is refused',
  async (path) => {
    expect((await world.get(`/api/v1${path}`, cookie)).status).toBe(400);
  },
);

test.each(['/endpoints/none/gaps', '/endpoints/none/silences'])('GET %s is not found', async (path) => {
  expect((await world.get(`/api/v1${path}`, cookie)).status).toBe(404);
});

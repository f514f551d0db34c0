import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { contractorLabelsSchema, contractorsSchema } from '../../../shared/api/contractors.ts';
import { type EndpointsPage, endpointsSchema, fleetSchema } from '../../../shared/api/endpoints.ts';
import { madeTokenSchema, tokensSchema } from '../../../shared/api/tokens.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { HOSTILE, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let cookie: string;

beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  cookie = await world.signIn();
});
afterAll(() => world[Symbol.asyncDispose]());

async function read<S extends z.core.$ZodType>(schema: S, path: string): Promise<z.output<S>> {
  const answer = await world.get(`/api/v1${path}`, cookie);
  expect(answer.status).toBe(200);
  return z.parse(schema, await answer.json());
}

const idsOf = async (query: string) =>
  (await read(endpointsSchema, `/endpoints${query}`)).endpoints.map(({ id }) => id).toSorted();

test.each([
  ['?state=online', ['laptop-1', 'laptop-2']],
  ['?state=offline', ['laptop-3']],
  ['?state=revoked', ['laptop-1-old']],
  ['?contractor=ada', ['laptop-1', 'laptop-1-old']],
  ['?version=0.1.0', ['laptop-1', 'laptop-1-old', 'laptop-2', 'laptop-3']],
  ['?version=9', []],
  ['?probe=usb&health=denied', ['laptop-1']],
  ['?probe=usb&health=ok', []],
  ['?q=LAPTOP-2', ['laptop-2']],
  ['?q=ben%20ex', ['laptop-2']],
  ['?q=%25', []],
  ['?q=203.0.113.80', []],
])('endpoints are filtered by the collector: %s', async (query, ids) => {
  expect(await idsOf(query)).toEqual(ids);
});

test('an endpoint is found by the address that it was at', async () => {
  await world.store.db
    .insertInto('visits')
    .values({
      span: 9,
      place: 'egress:203.0.113.80',
      contractor: 'cleo',
      endpoint: 'laptop-3',
      from: '2026-03-01T13:00:00.000Z',
      to: null,
      network_class: 'hosting',
    })
    .execute();
  expect(await idsOf('?q=203.0.113.80')).toEqual(['laptop-3']);
});

test('the fleet in numbers says who is there, what is in use and what each probe sees', async () => {
  const fleet = await read(fleetSchema, '/fleet');
  expect(fleet.states).toEqual({ online: 2, offline: 1, silent: 0, revoked: 1 });
  expect(fleet.agents).toEqual([{ version: '0.1.0', endpoints: 3 }]);
  expect(fleet.catalogs).toEqual([{ version: '2026.11.22', endpoints: 1 }]);
  expect(fleet.probes).toContainEqual({ probe: 'usb', ok: 0, denied: 1, failed: 0, unsupported: 0 });
  expect(fleet.withGaps).toBe(1);
});

test('whoever was not heard of for longer than a weekend is silent', async () => {
  world.now += 4 * DAY;
  cookie = await world.signIn();
  expect(await idsOf('?state=silent')).toEqual(['laptop-3']);
  expect(await idsOf('?state=offline')).toEqual([]);
  world.now -= 4 * DAY;
  cookie = await world.signIn();
});

test.each(['name', 'enrolled', 'seen'])(
  'paging by %s leaves out nobody and repeats nobody while endpoints come and go online',
  async (sort) => {
    const { db } = world.store;
    const many = Array.from({ length: 25 }, (_, index) => ({
      id: `${sort}-${index}`,
      contractor: 'ben',
      hostname: `host-${sort}-${index % 3}`,
      public_key: `${sort}-${index}`.padEnd(43, 'B'),
      agent_version: '0.0.9',
      enrolled_at: '2026-02-01T00:00:00.000Z',
      last_seen_at: instant(world.now - index * 1_000),
      revoked_at: null,
    }));
    await db.insertInto('endpoints').values(many).execute();
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const cursor: string = next === '' ? '' : `&cursor=${next}`;
      const page: EndpointsPage = await read(
        endpointsSchema,
        `/endpoints?limit=4&q=host-${sort}&sort=${sort}${cursor}`,
      );
      seen.push(...page.endpoints.map(({ id }) => id));
      next = page.next;
      // One that was told already speaks again: only the order of last seen may tell it once more.
      if (sort !== 'seen' && seen[0] !== undefined)
        await db
          .updateTable('endpoints')
          .set({ last_seen_at: instant(world.now + seen.length) })
          .where('id', '=', seen[0])
          .execute();
    }
    expect(seen).toHaveLength(25);
    expect(new Set(seen)).toEqual(new Set(many.map(({ id }) => id)));
  },
);

test('contractors come a page at a time, are found by id or label, and are told by label', async () => {
  const first = await read(contractorsSchema, '/contractors?limit=2');
  expect(first.contractors.map(({ id }) => id)).toEqual(['ada', 'ben']);
  const second = await read(contractorsSchema, `/contractors?limit=2&cursor=${first.next}`);
  expect([second.contractors.map(({ id }) => id), second.next]).toEqual([['cleo'], null]);
  const found = await read(contractorsSchema, '/contractors?q=onerror');
  expect(found.contractors.map(({ label }) => label)).toEqual([HOSTILE]);
  const { labels } = await read(contractorLabelsSchema, '/contractor-labels?ids=ada,nobody');
  expect(labels).toEqual({ ada: 'Ada Example' });
});

test.each([
  '/endpoints?cursor=x',
  '/endpoints?sort=color',
  '/endpoints?limit=1000',
  '/contractors?cursor=x',
  '/contractor-labels?ids=a,,b',
  '/places?cursor=x',
  '/places/graph?kind=moon',
])('GET %s is refused with a reason', async (path) => {
  const answer = await world.get(`/api/v1${path}`, cookie);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a token is told once, listed without its secret, and can be revoked; all of it is on the action log', async () => {
  const made = await world.post('/api/v1/tokens', { contractor: 'ada', uses: 2, hours: 24 }, { cookie });
  const { id, text, url } = z.parse(madeTokenSchema, await made.json());
  expect(url).toBe('https://collector.example');
  expect(text).toMatch(/^fh1\./);
  const { secret } = JSON.parse(Buffer.from(text.slice(4), 'base64url').toString());
  const listed = await world.get('/api/v1/tokens', cookie);
  const list = await listed.text();
  expect(list).not.toContain(secret);
  expect(z.parse(tokensSchema, JSON.parse(list)).tokens).toMatchObject([
    { id, contractor: 'ada', usesLeft: 2, enrolled: 0, revokedAt: null, createdBy: 'analyst@example.com' },
  ]);
  expect((await world.post(`/api/v1/tokens/${id}/revoke`, {}, { cookie })).status).toBe(204);
  const after = await read(tokensSchema, '/tokens');
  expect(after.tokens[0]?.revokedAt).toBe(instant(world.now));
  for (const unknown of ['tk-000000000000', 'tk-%25', id.slice(0, 8)])
    expect((await world.post(`/api/v1/tokens/${unknown}/revoke`, {}, { cookie })).status).toBe(404);
  const log = await world.store.db
    .selectFrom('actions')
    .select(['actor', 'source', 'action', 'subject'])
    .where('action', 'like', 'token.%')
    .execute();
  expect(log).toEqual([
    { actor: 'analyst@example.com', source: '192.0.2.1', action: 'token.create', subject: id },
    { actor: 'analyst@example.com', source: '192.0.2.1', action: 'token.revoke', subject: id },
  ]);
});

test.each([{ uses: 0, hours: 1 }, { uses: 1, hours: 0 }, { uses: 1, hours: 1, contractor: '../x' }, {}])(
  'a token of %j is refused',
  async (body) => {
    expect((await world.post('/api/v1/tokens', body, { cookie })).status).toBe(400);
  },
);

test('a viewer changes nothing, an analyst asks but makes no token, and both are told their right is missing', async () => {
  const viewer = await world.signIn('vera', 'viewer');
  const analyst = await world.signIn('ann', 'analyst');
  const change = { kind: 'settings', rule: 'several-remote-tools', settings: { vendors: 3 } };
  const acts = {
    '/endpoints/laptop-2/revoke': { reason: 'lost' },
    '/tokens': { uses: 1, hours: 1 },
    '/tokens/tk-000000000000/revoke': {},
    '/proposals': { change, reason: 'try' },
    '/proposals/preview': { change },
  };
  const answers = async (cookie: string) => {
    const codes: Record<string, number> = {};
    for (const [path, body] of Object.entries(acts))
      codes[path] = (await world.post(`/api/v1${path}`, body, { cookie })).status;
    return codes;
  };
  expect(await answers(viewer)).toEqual(Object.fromEntries(Object.keys(acts).map((path) => [path, 403])));
  expect(await answers(analyst)).toEqual({
    '/endpoints/laptop-2/revoke': 403,
    '/tokens': 403,
    '/tokens/tk-000000000000/revoke': 403,
    '/proposals': 200,
    '/proposals/preview': 200,
  });
  expect((await world.get('/api/v1/tokens', analyst)).status).toBe(403);
});

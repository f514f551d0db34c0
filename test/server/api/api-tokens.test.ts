import { afterEach, beforeEach, expect, test } from 'vitest';
import { apiTokensSchema, madeApiTokenSchema } from '../../../shared/api/api-token.ts';
import { problemSchema } from '../../../shared/api.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let admin: string;
beforeEach(async () => {
  world = await openWorld();
  admin = await world.signIn('root');
});
afterEach(() => world[Symbol.asyncDispose]());

const wanted = (more: object = {}) => ({
  name: 'siem export',
  scopes: ['read'],
  expiresAt: instant(world.now + 30 * DAY),
  ...more,
});
const make = (more: object = {}) => world.post('/api/v1/api-tokens', wanted(more), { cookie: admin });
const made = async (more: object = {}) => madeApiTokenSchema.parse(await (await make(more)).json());
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const get = (path: string, token: string) => world.get(`/api/v1${path}`, undefined, bearer(token));
const told = async (answer: Response) => [answer.status, problemSchema.parse(await answer.json()).code];

test('a token reads, is told once and kept as a hash, and shows when it was used', async () => {
  const { token } = await made();
  expect(token).toMatch(/^fhapi_[\w-]{43}$/);
  expect((await get('/status', token)).status).toBe(200);
  expect(await (await get('/session', token)).json()).toMatchObject({ account: 'root' });
  const listed = await (await world.get('/api/v1/api-tokens', admin)).text();
  expect(apiTokensSchema.parse(JSON.parse(listed)).tokens).toMatchObject([
    { name: 'siem export', scopes: ['read'], usedAt: instant(world.now), revokedAt: null },
  ]);
  const kept = JSON.stringify([
    listed,
    await world.store.db.selectFrom('api_tokens').selectAll().execute(),
    await world.store.db.selectFrom('actions').selectAll().execute(),
  ]);
  expect(kept).not.toContain(token.slice(6));
});

test('a scope that is missing is named, and so is a right that its account does not have now', async () => {
  await world.link('ada', 'auditor');
  const { token } = await made({ account: 'ada', scopes: ['read', 'audit', 'administer'] });
  const reading = await made({ account: 'ada' });
  expect((await get('/actions', token)).status).toBe(200);
  expect(await told(await get('/accounts', token))).toEqual([403, 'FORBIDDEN']);
  expect(await told(await get('/actions', reading.token))).toEqual([403, 'SCOPE_MISSING']);
  await world.link('ada', 'viewer');
  expect(await told(await get('/actions', token))).toEqual([403, 'FORBIDDEN']);
});

test.each([
  ['revoked', async (id: string) => world.post(`/api/v1/api-tokens/${id}/revoke`, {}, { cookie: admin })],
  [
    'expired',
    async () => {
      world.now += 30 * DAY;
    },
  ],
  [
    'whose account is disabled',
    async () => world.store.db.updateTable('accounts').set({ disabled_at: 'x' }).execute(),
  ],
])('a token that is %s opens nothing', async (_, end) => {
  const { token, made: row } = await made();
  expect((await get('/status', token)).status).toBe(200);
  await end(row.id);
  expect(await told(await get('/status', token))).toEqual([401, 'API_TOKEN_INVALID']);
});

test('a token makes no tokens and changes no accounts', async () => {
  const { token } = await made({ scopes: ['read', 'triage', 'administer', 'audit'] });
  for (const path of [
    '/api-tokens',
    '/accounts',
    '/accounts/root',
    '/accounts/root/link',
    '/session/password',
  ])
    expect(await told(await world.post(`/api/v1${path}`, wanted(), bearer(token)))).toEqual([
      403,
      'SESSION_NEEDED',
    ]);
});

test('a request with cookie and token is the token’s', async () => {
  const { token } = await made();
  expect(await told(await world.get('/api/v1/accounts', admin, bearer(token)))).toEqual([
    403,
    'SCOPE_MISSING',
  ]);
  expect(await told(await world.get('/api/v1/status', admin, bearer(`${token}x`)))).toEqual([
    401,
    'API_TOKEN_INVALID',
  ]);
});

test('a program needs no origin, and what it did is its account’s with the token named', async () => {
  await world.link('ada', 'analyst');
  const { token, made: row } = await made({ account: 'ada', scopes: ['triage'] });
  const answer = await world.app.request('/api/v1/proposals', {
    method: 'POST',
    body: JSON.stringify({
      change: { kind: 'settings', rule: 'several-remote-tools', settings: {} },
      reason: 'back to the defaults',
    }),
    headers: { 'content-type': 'application/json', ...bearer(token) },
  });
  expect(await answer.json()).toMatchObject({ requestedBy: 'ada' });
  const last = await world.store.db
    .selectFrom('actions')
    .selectAll()
    .orderBy('id', 'desc')
    .executeTakeFirst();
  expect(last).toMatchObject({
    actor: 'ada',
    source: `192.0.2.1 with ${row.id}`,
    action: 'settings.request',
  });
});

test.each([
  ['no scope', { scopes: [] }],
  ['an unknown scope', { scopes: ['everything'] }],
  ['no name', { name: ' ' }],
  ['no end', { expiresAt: undefined }],
  ['an end in the past', { expiresAt: '2020-01-01T00:00:00.000Z' }],
  ['an end in two years', { expiresAt: '2028-06-01T00:00:00.000Z' }],
])('a token with %s is refused', async (_, more) => {
  expect(await told(await make(more))).toEqual([400, 'REQUEST_INVALID']);
});

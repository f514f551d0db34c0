import { afterEach, beforeEach, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { verifyActions } from '../../../server/store/actions.ts';
import { problemSchema, sessionSchema } from '../../../shared/api.ts';
import { DAY, HOUR, instant, MINUTE } from '../../../shared/time.ts';
import { OWN, openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

async function refusal(answer: Response): Promise<[number, string]> {
  return [answer.status, z.parse(problemSchema, await answer.json()).code];
}

async function actions() {
  return world.store.db
    .selectFrom('actions')
    .select(['action', 'actor', 'subject', 'source', 'detail'])
    .orderBy('id')
    .execute();
}

test('a link signs in once', async () => {
  const token = await world.link();
  const first = await world.post('/api/v1/sign-in', { token });
  expect(first.status).toBe(200);
  expect(z.parse(sessionSchema, await first.json())).toEqual({
    account: 'analyst@example.com',
    role: 'admin',
    expiresAt: instant(world.now + 12 * HOUR),
  });
  const again = await world.post('/api/v1/sign-in', { token });
  expect(await refusal(again)).toEqual([401, 'SIGN_IN_LINK_INVALID']);
  expect(again.headers.get('set-cookie')).toBeNull();
});

test('two uses of a link at the same moment give one session', async () => {
  const token = await world.link();
  const answers = await Promise.all([1, 2, 3].map(() => world.post('/api/v1/sign-in', { token })));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
});

test('an expired link, a used one and an unknown one are refused with the same words', async () => {
  const expired = await world.link();
  const used = await world.link();
  await world.post('/api/v1/sign-in', { token: used });
  world.now += 31 * MINUTE;
  const texts = await Promise.all(
    [expired, used, 'x'.repeat(43)].map(async (token) =>
      (await world.post('/api/v1/sign-in', { token })).text(),
    ),
  );
  expect(new Set(texts).size).toBe(1);
  expect(texts[0]).toContain('SIGN_IN_LINK_INVALID');
});

test('the cookie is out of reach for scripts and other sites', async () => {
  const answer = await world.post('/api/v1/sign-in', { token: await world.link() });
  expect(answer.headers.get('set-cookie')).toMatch(
    /^farhand_session=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
  );
});

test('behind TLS the cookie is bound to the host', async () => {
  await using secure = await openWorld({ secureCookies: true });
  const answer = await secure.post('/api/v1/sign-in', { token: await secure.link() });
  const cookie = answer.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/^__Host-farhand_session=[\w-]{43}; .*; Secure; SameSite=Strict$/);
  expect((await secure.get('/api/v1/session', cookie.split(';')[0])).status).toBe(200);
  expect((await secure.get('/api/v1/session', cookie.replace('__Host-', '').split(';')[0])).status).toBe(401);
});

test('links and sessions that are long over are forgotten', async () => {
  const used = await world.link();
  await world.post('/api/v1/sign-in', { token: used });
  world.now += 8 * DAY;
  await world.signIn();
  const { db } = world.store;
  expect(await db.selectFrom('sign_in_links').selectAll().execute()).toHaveLength(1);
  expect(await db.selectFrom('web_sessions').selectAll().execute()).toHaveLength(1);
});

test('neither tokens nor session secrets are stored', async () => {
  const token = await world.link();
  const answer = await world.post('/api/v1/sign-in', { token });
  const secret = /=([\w-]+);/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? '';
  expect(secret).toHaveLength(43);
  const { db } = world.store;
  const kept = JSON.stringify([
    await db.selectFrom('sign_in_links').selectAll().execute(),
    await db.selectFrom('web_sessions').selectAll().execute(),
    await actions(),
    world.lines,
  ]);
  expect(kept).toContain('analyst@example.com');
  expect(kept).not.toContain(token);
  expect(kept).not.toContain(secret);
});

test.each([
  undefined,
  'farhand_session=',
  `farhand_session=${'A'.repeat(43)}`,
  'farhand_session=%',
  'other=1',
])('the cookie %s opens nothing', async (cookie) => {
  await world.signIn();
  for (const path of ['session', 'status', 'findings', 'contractors', 'endpoints', 'feed', 'findings/f'])
    expect(await refusal(await world.get(`/api/v1/${path}`, cookie))).toEqual([401, 'SIGN_IN_REQUIRED']);
});

test('a session ends after twelve hours, however busy it is', async () => {
  const cookie = await world.signIn();
  for (let hour = 0; hour < 11; hour += 1) {
    world.now += HOUR;
    expect((await world.get('/api/v1/session', cookie)).status).toBe(200);
  }
  world.now += HOUR - 1;
  expect((await world.get('/api/v1/session', cookie)).status).toBe(200);
  world.now += 1;
  expect((await world.get('/api/v1/session', cookie)).status).toBe(401);
});

test('a session that nobody uses for two hours ends', async () => {
  const cookie = await world.signIn();
  world.now += 2 * HOUR - 1;
  expect((await world.get('/api/v1/session', cookie)).status).toBe(200);
  world.now += 2 * HOUR;
  expect((await world.get('/api/v1/session', cookie)).status).toBe(401);
});

test('signing out ends this session and no other', async () => {
  const mine = await world.signIn();
  const other = await world.signIn();
  const answer = await world.post('/api/v1/sign-out', {}, { cookie: mine });
  expect(answer.status).toBe(204);
  expect(answer.headers.get('set-cookie')).toMatch(/^farhand_session=; Max-Age=0;/);
  expect((await world.get('/api/v1/session', mine)).status).toBe(401);
  expect((await world.get('/api/v1/session', other)).status).toBe(200);
});

test('signing in, failing to and signing out are on the action log, with the reason and the address', async () => {
  const token = await world.link('a@example.com');
  const answer = await world.post('/api/v1/sign-in', { token });
  await world.post('/api/v1/sign-in', { token });
  await world.post('/api/v1/sign-in', { token: 'x'.repeat(43) });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
  await world.post('/api/v1/sign-out', {}, { cookie });
  const source = '192.0.2.1';
  expect(await actions()).toEqual([
    {
      action: 'session.open',
      actor: 'a@example.com',
      subject: 'a@example.com',
      source,
      detail: JSON.stringify({ way: 'link', expiresAt: instant(world.now + 12 * HOUR) }),
    },
    { action: 'session.refuse', actor: '', subject: 'a@example.com', source, detail: '{"reason":"used"}' },
    { action: 'session.refuse', actor: '', subject: '', source, detail: '{"reason":"unknown"}' },
    { action: 'session.close', actor: 'a@example.com', subject: 'a@example.com', source, detail: '{}' },
  ]);
  expect(await verifyActions(world.store.db)).toMatchObject({ intact: true, count: 4 });
});

test('one address may try twenty times in five minutes, and others are not held up by it', async () => {
  const tries = async (count: number) => {
    const codes: number[] = [];
    for (let index = 0; index < count; index += 1)
      codes.push((await world.post('/api/v1/sign-in', { token: 'x'.repeat(43) })).status);
    return codes;
  };
  world.address = '2001:db8::1';
  expect(await tries(20)).toEqual(Array(20).fill(401));
  world.address = '2001:db8::2';
  expect(await refusal(await world.post('/api/v1/sign-in', { token: await world.link() }))).toEqual([
    429,
    'TOO_MANY_REQUESTS',
  ]);
  world.address = '2001:db8:0:1::1';
  expect((await world.post('/api/v1/sign-in', { token: await world.link() })).status).toBe(200);
  world.address = '2001:db8::1';
  world.now += 5 * MINUTE;
  expect((await world.post('/api/v1/sign-in', { token: await world.link() })).status).toBe(200);
});

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a sibling host', { 'sec-fetch-site': 'same-site' }],
  ['another site that claims this origin', { 'sec-fetch-site': 'cross-site', origin: 'http://localhost' }],
  ['another origin', { origin: 'https://evil.example.com', host: 'localhost' }],
  ['another port', { origin: 'http://localhost:8080', host: 'localhost' }],
  ['an opaque origin', { origin: 'null', host: 'localhost' }],
  ['nobody who says so', {}],
])('a post from %s is refused', async (_, headers) => {
  const token = await world.link();
  const answer = await world.app.request('/api/v1/sign-in', {
    method: 'POST',
    body: JSON.stringify({ token }),
    headers: { 'content-type': 'application/json', ...headers },
  });
  expect(await refusal(answer)).toEqual([403, 'ORIGIN_REFUSED']);
  expect((await world.post('/api/v1/sign-in', { token })).status).toBe(200);
});

test('a browser that names only its origin is taken at its word when that is this host', async () => {
  const answer = await world.app.request('/api/v1/sign-in', {
    method: 'POST',
    body: JSON.stringify({ token: await world.link() }),
    headers: { 'content-type': 'application/json', origin: 'http://localhost:7443', host: 'localhost:7443' },
  });
  expect(answer.status).toBe(200);
});

test.each([
  { what: 'no JSON', body: '{' },
  { what: 'an empty body', body: '' },
  { what: 'a form', body: 'token=x', type: 'application/x-www-form-urlencoded' },
  { what: 'another shape', body: '{"token":7}' },
  { what: 'unknown fields', body: `{"token":"${'x'.repeat(43)}","admin":true}` },
  { what: '66 KiB', body: `{"token":"${'x'.repeat(66 * 1024)}"}`, refused: [413, 'REQUEST_TOO_LARGE'] },
])('a sign-in with $what is refused', async ({ body, type = 'application/json', refused }) => {
  const answer = await world.app.request('/api/v1/sign-in', {
    method: 'POST',
    body,
    headers: { 'content-type': type, ...OWN },
  });
  expect(await refusal(answer)).toEqual(refused ?? [400, 'REQUEST_INVALID']);
});

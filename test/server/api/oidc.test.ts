import { afterEach, beforeEach, expect, test } from 'vitest';
import { oidcProvider } from '../../../server/api/oidc.ts';
import type { OidcSettings } from '../../../server/oidc-config.ts';
import { MINUTE } from '../../../shared/time.ts';
import { type IdentityProvider, openIdentityProvider, signInAt } from '../../support/identity-provider.ts';
import { openWorld, type World } from './world.ts';

const HERE = 'http://localhost';
let idp: IdentityProvider;
let world: World;
beforeEach(async () => {
  idp = await openIdentityProvider();
  world = await withSettings({});
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
  await idp[Symbol.asyncDispose]();
});

const withSettings = (more: Partial<OidcSettings>) =>
  openWorld({ provider: oidcProvider({ ...idp.settings, ...more }) });

async function begin(next = '/', at = world) {
  const answer = await at.get(`/api/v1/sign-in/oidc?next=${encodeURIComponent(next)}`);
  const set = answer.headers.get('set-cookie') ?? '';
  return { location: answer.headers.get('location') ?? '', set, cookie: set.split(';')[0] ?? '' };
}

const back = (url: URL, cookie: string, at = world) =>
  at.get(`/api/v1/sign-in/oidc/callback${url.search}`, cookie);

async function signIn(login: string, next = '/', at = world) {
  const { location, cookie } = await begin(next, at);
  const answer = await back(await signInAt(location, login), cookie, at);
  const session = answer.headers.getSetCookie().find((each) => each.startsWith('farhand_session='));
  return { location: answer.headers.get('location'), session: session?.split(';')[0] };
}

const accounts = (at = world) =>
  at.store.db.selectFrom('accounts').select(['name', 'role', 'subject']).orderBy('name').execute();

test('somebody whose group is mapped gets an account with its role, and the same one the next time', async () => {
  idp.admit(HERE);
  const first = await signIn('ada', '/cases?status=new');
  expect(first.location).toBe('/cases?status=new');
  expect(await (await world.get('/api/v1/session', first.session)).json()).toMatchObject({
    account: 'ada@example.com',
    role: 'analyst',
  });
  await world.store.db.updateTable('accounts').set({ role: 'viewer' }).execute();
  await signIn('ada');
  expect(await accounts()).toEqual([{ name: 'ada@example.com', role: 'analyst', subject: 'ada' }]);
});

test('the flow goes with PKCE, state and nonce, in a cookie that scripts cannot read and that ends soon', async () => {
  idp.admit(HERE);
  const { location, set } = await begin();
  const asked = new URL(location).searchParams;
  expect(asked.get('code_challenge_method')).toBe('S256');
  expect(asked.get('state')).toMatch(/^[\w-]{43}$/);
  expect(asked.get('nonce')).toMatch(/^[\w-]{43}$/);
  expect(asked.get('redirect_uri')).toBe(`${HERE}/api/v1/sign-in/oidc/callback`);
  expect(set).toMatch(/^farhand_oidc=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
});

test('who has no role stays out, unless everybody has one', async () => {
  idp.admit(HERE);
  expect(await signIn('ben')).toEqual({
    location: '/sign-in?problem=PROVIDER_ROLE_MISSING',
    session: undefined,
  });
  expect(await accounts()).toEqual([]);
  await using open = await withSettings({ roles: { soc: 'analyst', '*': 'viewer' } });
  expect((await signIn('ben', '/', open)).location).toBe('/');
  expect(await accounts(open)).toEqual([{ name: 'ben@example.com', role: 'viewer', subject: 'ben' }]);
});

test('a name that is taken is not taken over', async () => {
  idp.admit(HERE);
  await world.link('ada@example.com', 'admin');
  const { session } = await signIn('ada');
  expect(await (await world.get('/api/v1/session', session)).json()).toMatchObject({
    account: expect.stringMatching(/^oidc-[0-9a-f]{16}$/),
    role: 'analyst',
  });
  expect((await accounts())[0]).toEqual({ name: 'ada@example.com', role: 'admin', subject: null });
});

test('a disabled account stays out', async () => {
  idp.admit(HERE);
  await signIn('ada');
  await world.store.db.updateTable('accounts').set({ disabled_at: '2026-01-01T00:00:00.000Z' }).execute();
  expect(await signIn('ada')).toEqual({ location: '/sign-in?problem=ACCOUNT_DISABLED', session: undefined });
});

test('a return without its cookie, with another state, too late or twice signs nobody in', async () => {
  idp.admit(HERE);
  const refused = '/sign-in?problem=PROVIDER_REFUSED';
  const [one, two] = [await begin(), await begin()];
  const url = await signInAt(one.location, 'ada');
  expect((await back(url, '')).headers.get('location')).toBe(refused);
  expect((await back(url, 'farhand_oidc=AAAA')).headers.get('location')).toBe(refused);
  expect((await back(url, two.cookie)).headers.get('location')).toBe(refused);
  world.now += 11 * MINUTE;
  expect((await back(url, one.cookie)).headers.get('location')).toBe(refused);
  world.now -= 11 * MINUTE;
  expect((await back(url, one.cookie)).headers.get('location')).toBe('/');
  expect((await back(url, one.cookie)).headers.get('location')).toBe(refused);
  const denied = await begin();
  const { searchParams } = new URL(denied.location);
  const error = new URL(`${HERE}/?error=access_denied&state=${searchParams.get('state')}`);
  expect((await back(error, denied.cookie)).headers.get('location')).toBe(refused);
});

test.each([
  'https://evil.example.com/',
  '//evil.example.com',
  '/\\evil.example.com',
  '/x/..//evil.example.com',
])('next=%s does not lead away', async (next) => {
  idp.admit(HERE);
  const { location } = await signIn('ada', next);
  expect(location).toMatch(/^\/(?![/\\])/);
});

test('a provider that is down says so on the sign-in page, and links work meanwhile', async () => {
  const answer = await begin();
  expect(answer.location).toBe('/sign-in?problem=PROVIDER_UNAVAILABLE');
  expect((await world.post('/api/v1/sign-in', { token: await world.link() })).status).toBe(200);
});

test('the ways to sign in are told to everybody', async () => {
  const ways = async (at: World) => (await at.get('/api/v1/sign-in')).json();
  expect(await ways(world)).toEqual({ ways: ['link', 'password', 'oidc'], oidc: { label: 'Example ID' } });
  await using plain = await openWorld();
  expect(await ways(plain)).toEqual({ ways: ['link', 'password'], oidc: null });
  expect((await begin('/', plain)).location).toBe('/sign-in?problem=NOT_FOUND');
});

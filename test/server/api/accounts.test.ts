import { afterEach, beforeEach, expect, test } from 'vitest';
import { accountSchema, madeLinkSchema } from '../../../shared/api/account.ts';
import { sessionsSchema } from '../../../shared/api/sign-in.ts';
import { HOUR, MINUTE } from '../../../shared/time.ts';
import { openWorld, type World } from './world.ts';

const GOOD = 'four words and a comma';
let world: World;
let admin: string;
beforeEach(async () => {
  world = await openWorld();
  admin = await world.signIn('root');
});
afterEach(() => world[Symbol.asyncDispose]());

const post = (path: string, body: unknown, cookie = admin) =>
  world.post(`/api/v1${path}`, body, cookie === '' ? {} : { cookie });
const status = async (path: string, cookie: string) => (await world.get(`/api/v1${path}`, cookie)).status;
const withPassword = (account: string, password: string) =>
  post('/sign-in/password', { account, password }, '');
const cookieOf = (answer: Response) => (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';

test('a new account comes in by its link, with its role', async () => {
  const made = await post('/accounts', { name: 'ada', role: 'auditor' });
  expect(accountSchema.parse(await made.json())).toMatchObject({ name: 'ada', role: 'auditor', version: 1 });
  const { url } = madeLinkSchema.parse(await (await post('/accounts/ada/link', {})).json());
  const answer = await post('/sign-in', { token: url.split('#')[1] }, '');
  expect(await answer.json()).toMatchObject({ account: 'ada', role: 'auditor' });
  expect(await status('/actions', cookieOf(answer))).toBe(200);
  expect(await status('/accounts', cookieOf(answer))).toBe(403);
});

test('names differ in more than their case', async () => {
  const answer = await post('/accounts', { name: 'ROOT', role: 'viewer' });
  expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'ACCOUNT_EXISTS' }]);
});

test('another role counts from the next request, and a disabled account is out at once', async () => {
  const ben = await world.signIn('ben', 'admin');
  expect(await status('/accounts', ben)).toBe(200);
  await post('/accounts/ben', { version: 1, role: 'viewer' });
  expect(await status('/accounts', ben)).toBe(403);
  expect(await status('/status', ben)).toBe(200);
  const link = await world.link('ben', 'viewer');
  await post('/accounts/ben', { version: 2, disabled: true });
  expect(await status('/status', ben)).toBe(401);
  expect((await post('/sign-in', { token: link }, '')).status).toBe(401);
  await post('/accounts/ben', { version: 3, disabled: false });
  expect(await status('/status', ben)).toBe(401);
  expect(await status('/status', await world.signIn('ben', 'viewer'))).toBe(200);
});

test('of two administrators who change one account, the second is told', async () => {
  await world.link('ben', 'viewer');
  expect((await post('/accounts/ben', { version: 1, role: 'analyst' })).status).toBe(200);
  const second = await post('/accounts/ben', { version: 1, disabled: true });
  expect([second.status, await second.json()]).toMatchObject([
    409,
    { code: 'ACCOUNT_CHANGED', context: { version: 2 } },
  ]);
});

test('the last administrator can neither be demoted nor disabled', async () => {
  for (const change of [{ role: 'auditor' }, { disabled: true }]) {
    const answer = await post('/accounts/root', { version: 1, ...change });
    expect([answer.status, await answer.json()]).toMatchObject([409, { code: 'LAST_ADMIN' }]);
  }
  expect(await status('/accounts', admin)).toBe(200);
});

test.each(['viewer', 'analyst', 'auditor'] as const)('%s cannot administer accounts', async (role) => {
  const cookie = await world.signIn('ben', role);
  for (const path of ['/accounts', '/accounts/root', '/accounts/root/link', '/api-tokens'])
    expect((await post(path, {}, cookie)).status).toBe(403);
});

test('a password is set after a link, signs in, and ends the other sessions', async () => {
  const other = await world.signIn('ada', 'analyst');
  const cookie = await world.signIn('ada', 'analyst');
  expect((await post('/session/password', { password: GOOD }, cookie)).status).toBe(204);
  expect(await status('/session', other)).toBe(401);
  expect(await status('/session', cookie)).toBe(200);
  const answer = await withPassword('Ada', GOOD);
  expect(await answer.json()).toMatchObject({ account: 'ada', role: 'analyst' });
  expect(cookieOf(answer)).not.toBe(cookie);
  const kept = await world.store.db.selectFrom('accounts').selectAll().execute();
  expect(JSON.stringify(kept)).toContain('$scrypt$ln=4,r=8,p=1$');
  expect(JSON.stringify(kept)).not.toContain(GOOD);
});

test('an old session changes a password only with the one before', async () => {
  const cookie = await world.signIn('ada', 'analyst');
  await post('/session/password', { password: GOOD }, cookie);
  world.now += HOUR;
  for (const old of [undefined, 'wrong']) {
    const refused = await post('/session/password', { password: `${GOOD}!`, old }, cookie);
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'OLD_PASSWORD_NEEDED' }]);
  }
  expect((await post('/session/password', { password: `${GOOD}!`, old: GOOD }, cookie)).status).toBe(204);
  expect((await withPassword('ada', GOOD)).status).toBe(401);
  expect((await withPassword('ada', `${GOOD}!`)).status).toBe(200);
});

test.each(['short', 'aaaaaaaaaaaaaaaaaa', 'ada.lovelace-123', 'x'.repeat(257)])(
  'the password %s is refused',
  async (password) => {
    const answer = await post(
      '/session/password',
      { password },
      await world.signIn('ada.lovelace', 'viewer'),
    );
    expect([400, 422]).toContain(answer.status);
  },
);

test('wrong, unknown, disabled and locked accounts get the same answer; after a while the right password counts again', async () => {
  const cookie = await world.signIn('ada', 'analyst');
  await post('/session/password', { password: GOOD }, cookie);
  await post('/session/password', { password: GOOD }, await world.signIn('ben', 'viewer'));
  await post('/accounts/ben', { version: 1, disabled: true });
  const answers = [await withPassword('nobody', GOOD), await withPassword('ben', GOOD)];
  for (let attempt = 0; attempt < 10; attempt += 1) {
    world.address = `192.0.2.${10 + attempt}`;
    answers.push(await withPassword('ada', 'wrong'));
  }
  answers.push(await withPassword('ada', GOOD));
  const told = await Promise.all(answers.map(async (each) => `${each.status} ${await each.text()}`));
  expect(new Set(told).size).toBe(1);
  expect(told[0]).toMatch(/^401 .*SIGN_IN_REFUSED/);
  expect(await status('/session', cookie)).toBe(200);
  const reasons = await world.store.db
    .selectFrom('actions')
    .select(['subject', 'detail'])
    .where('action', '=', 'session.refuse')
    .execute();
  expect(reasons.at(0)).toEqual({ subject: '', detail: '{"reason":"unknown"}' });
  expect(reasons.at(-1)).toEqual({ subject: 'ada', detail: '{"reason":"locked"}' });
  world.now += 16 * MINUTE;
  expect((await withPassword('ada', GOOD)).status).toBe(200);
});

test('people see where they are signed in and can end it there', async () => {
  const [here, there] = [await world.signIn('ada', 'viewer'), await world.signIn('ada', 'viewer')];
  const read = async () =>
    sessionsSchema.parse(await (await world.get('/api/v1/session/sessions', here)).json());
  const { account, sessions, freshLink } = await read();
  expect([account.name, freshLink, sessions.length]).toEqual(['ada', true, 2]);
  const other = sessions.find(({ current }) => !current);
  expect((await post(`/session/sessions/${other?.id}/end`, {}, admin)).status).toBe(404);
  expect((await post(`/session/sessions/${other?.id}/end`, {}, here)).status).toBe(204);
  expect(await status('/session', there)).toBe(401);
  expect((await read()).sessions).toMatchObject([{ current: true, way: 'link', source: '192.0.2.1' }]);
});

test('what a console asks for while nobody sits before it does not keep a session', async () => {
  const cookie = await world.signIn('ada', 'viewer');
  world.now += HOUR;
  expect((await world.get('/api/v1/status', cookie, { 'farhand-unattended': '1' })).status).toBe(200);
  world.now += HOUR;
  expect(await status('/status', cookie)).toBe(401);
});

test.each([
  '/sign-in/password',
  '/session/password',
  '/accounts',
  '/accounts/root',
  '/api-tokens',
  '/session/sessions/x/end',
])('a post to %s from another site is refused', async (path) => {
  const answer = await world.post(`/api/v1${path}`, {}, { cookie: admin, 'sec-fetch-site': 'cross-site' });
  expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'ORIGIN_REFUSED' }]);
});

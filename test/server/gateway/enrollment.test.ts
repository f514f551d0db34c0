import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createToken, enrollmentEndpoint } from '../../../server/gateway/enrollment.ts';
import { startMachineWatch } from '../../../server/gateway/machines.ts';
import { findEndpoint } from '../../../server/store/endpoint-views.ts';
import { insertSpan } from '../../../server/store/spans.ts';
import { openStore, type Store } from '../../../server/store/store.ts';
import { revokeToken, tokenRows } from '../../../server/store/tokens.ts';
import type { EnrollResponse } from '../../../shared/enrollment.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testLog } from '../../support/test-log.ts';
import { secretOf } from '../../support/token.ts';

const IP = '198.51.100.7';
let dir: ReturnType<typeof tempDir>;
let store: Store;
let now: number;
let answer: ReturnType<typeof enrollmentEndpoint>;
beforeEach(async () => {
  dir = tempDir();
  store = await openStore(dir.path);
  now = Date.parse('2026-03-02T14:00:00.000Z');
  answer = enrollmentEndpoint({ mirrors: [], store, clock: () => now, log: testLog().log });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

const newKey = () => generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })['x'];

function newToken({ contractor, uses = 1 }: { readonly contractor?: string; readonly uses?: number } = {}) {
  const request = { url: 'https://collector.example', contractor, uses, expiresAt: now + 7 * DAY };
  return store.db.transaction().execute((trx) => createToken(trx, { ...request, at: instant(now) }));
}

function post(token: string, change: object = {}, ip = IP): Promise<Response> {
  const body = JSON.stringify({
    ...{ secret: secretOf(token), publicKey: newKey(), hostname: 'laptop', agent: '0.1.0' },
    ...change,
  });
  const headers = { 'content-length': String(body.length) };
  return answer(new Request('https://collector.example/enroll', { method: 'POST', body, headers }), ip);
}

async function tried(token: string, change: object = {}) {
  const { status, ...response } = await post(token, change).then(async (got) => ({
    status: got.status,
    body: (await got.json()) as { readonly code?: string },
  }));
  return { status, code: response.body.code };
}

async function enrolled(contractor: string, hostname = 'laptop'): Promise<string> {
  const response = await post(await newToken({ contractor }), { hostname });
  return ((await response.json()) as EnrollResponse).endpoint;
}

const actions = () =>
  store.db.selectFrom('actions').select(['action', 'subject', 'source', 'detail']).orderBy('id').execute();

test('making a token and enrolling by it are on the action log', async () => {
  const token = await newToken({ contractor: 'ada' });
  const { endpoint } = (await (await post(token)).json()) as EnrollResponse;
  const [{ id } = { id: '' }] = await tokenRows(store.db);
  const log = await actions();
  expect(log.map(({ action, subject }) => [action, subject])).toEqual([
    ['token.create', id],
    ['endpoint.enroll', endpoint],
  ]);
  expect(log[1]?.source).toBe(IP);
  expect(JSON.parse(log[1]?.detail ?? '')).toEqual({ contractor: 'ada', hostname: 'laptop', token: id });
});

test('what is stored of a token opens nothing', async () => {
  const secret = secretOf(await newToken());
  const rows = await store.db.selectFrom('enrollment_tokens').selectAll().execute();
  const log = await actions();
  expect(JSON.stringify([rows, log, await tokenRows(store.db)])).not.toContain(secret);
});

test('a token is good as often as it says, until it expires or is revoked', async () => {
  const twice = await newToken({ uses: 2 });
  expect(await tried(twice)).toMatchObject({ status: 201 });
  expect(await tried(twice)).toMatchObject({ status: 201 });
  expect(await tried(twice)).toMatchObject({ status: 401, code: 'ENROLLMENT_TOKEN_USED' });

  const revoked = await newToken({ contractor: 'bo' });
  const row = (await tokenRows(store.db)).find(({ contractor }) => contractor === 'bo');
  expect(await revokeToken(store.db, row?.id ?? '', instant(now))).toBe(true);
  expect(await tried(revoked)).toMatchObject({ status: 401, code: 'ENROLLMENT_TOKEN_REVOKED' });
  expect(await revokeToken(store.db, 'tk-%', instant(now))).toBe(false);

  const late = await newToken();
  now += 7 * DAY;
  expect(await tried(late)).toMatchObject({ status: 401, code: 'ENROLLMENT_TOKEN_EXPIRED' });
});

test('refusals of a known token are on the action log, ten of each token; of unknown ones none', async () => {
  const token = await newToken();
  await tried(token);
  for (let time = 1; time <= 12; time += 1) await tried(token);
  const unknown = Buffer.alloc(32, 3).toString('base64url');
  expect(await tried(token, { secret: unknown })).toMatchObject({ code: 'ENROLLMENT_TOKEN_INVALID' });

  const [row] = await tokenRows(store.db);
  expect(row).toMatchObject({ usesLeft: 0, refused: 12 });
  const refused = (await actions()).filter(({ action }) => action === 'endpoint.enroll-refused');
  expect(refused.map(({ subject }) => subject)).toEqual(Array.from({ length: 10 }, () => row?.id));
  expect(JSON.parse(refused[9]?.detail ?? '')).toEqual({
    reason: 'used',
    times: 10,
    further: 'counted only',
  });
});

test('a key that is enrolled already is refused, and the token keeps its use', async () => {
  const publicKey = newKey();
  await tried(await newToken(), { publicKey });
  const token = await newToken();
  expect(await tried(token, { publicKey })).toMatchObject({
    status: 409,
    code: 'ENROLLMENT_KEY_KNOWN',
  });
  expect(await tried(token)).toMatchObject({ status: 201 });
});

test('who asks too often is told when to come back, and others are not', async () => {
  const token = await newToken({ uses: 10 });
  let response = await post(token);
  for (let asked = 0; response.status !== 429 && asked < 1_000; asked += 1)
    response = await post(token, { hostname: 1 }, `2001:db8::${asked.toString(16)}`);
  expect(await response.json()).toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  expect((await post(token, {}, '2001:db8:0:1::1')).status).toBe(201);
});

async function tellsPlatform(endpoint: string, serial?: string): Promise<void> {
  const fact = {
    ...({ kind: 'platform', os: 'linux', name: 'Debian', version: '13', arch: 'x64' } as const),
    bootedAt: instant(now),
    ...(serial === undefined ? {} : { serial }),
  };
  const span = { endpoint, contractor: 'ada', fact, source: 'agent', from: instant(now), to: null } as const;
  await store.db.transaction().execute(async (trx) => insertSpan(trx, span));
}

test('a machine that was enrolled before is known by its serial number, and that is told once', async () => {
  const first = await enrolled('ada');
  now += DAY;
  const [second, other, silent] = [await enrolled('bo'), await enrolled('ada'), await enrolled('ada')];
  await tellsPlatform(second, 'a'.repeat(32));
  await tellsPlatform(first, 'a'.repeat(32));
  await tellsPlatform(other, 'b'.repeat(32));
  await tellsPlatform(silent);
  for (const _ of ['first look', 'second look'])
    await startMachineWatch({ store, clock: () => now, log: testLog().log })[Symbol.asyncDispose]();

  const log = (await actions()).filter(({ action }) => action === 'endpoint.re-enrolled');
  expect(log.map(({ subject, detail }) => [subject, JSON.parse(detail)])).toEqual([
    [second, { before: first, of: 'ada' }],
  ]);
  const before = [first, second, other, silent].map(
    async (endpoint) => (await findEndpoint(store.db, endpoint))?.endpoint.enrolledBefore,
  );
  expect(await Promise.all(before)).toEqual([null, first, null, null]);
});

test('that a contractor has a machine of the same name already is noted with the enrollment', async () => {
  const first = await enrolled('ada', 'laptop');
  await enrolled('ada', 'laptop');
  await enrolled('bo', 'laptop');
  const details = (await actions())
    .filter(({ action }) => action === 'endpoint.enroll')
    .map(({ detail }) => JSON.parse(detail).sameName);
  expect(details).toEqual([undefined, [first], undefined]);
});

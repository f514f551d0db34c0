import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { ROUTES } from '../../../server/api/routes/index.ts';
import { API_PREFIX, problemSchema, statusSchema } from '../../../shared/api.ts';
import { ERRORS } from '../../../shared/errors.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { ATTRIBUTIONS, openWorld, type World } from './world.ts';

let world: World;
const folder = tempDir();
const LARGE = 'run();\n'.repeat(1_000);

beforeAll(async () => {
  const consoleDir = join(folder.path, 'dist');
  mkdirSync(join(consoleDir, 'assets'), { recursive: true });
  writeFileSync(join(consoleDir, 'index.html'), '<title>Farhand</title>');
  writeFileSync(join(consoleDir, 'icon.svg'), '<svg/>');
  writeFileSync(join(consoleDir, 'assets', 'index-4f2a.js'), 'run()');
  writeFileSync(join(consoleDir, 'assets', 'large-9c1b.js'), LARGE);
  writeFileSync(join(folder.path, 'secret.txt'), 'secret');
  world = await openWorld({ consoleDir });
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

test('the console’s files have their types, and what carries a hash may be kept for good', async () => {
  const script = await world.get('/assets/index-4f2a.js');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(await script.text()).toBe('run()');
  const icon = await world.get('/icon.svg');
  expect(icon.headers.get('content-type')).toBe('image/svg+xml');
  expect(icon.headers.get('cache-control')).toBe('no-store');
});

test.each([
  ['gzip, deflate, br', 'gzip'],
  ['br;q=1.0, gzip;q=0.8', 'gzip'],
  ['identity, gzip;q=0', null],
  ['br', null],
  [undefined, null],
])('to a browser that accepts %s a large script goes as %s', async (accepted, expected) => {
  const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
  const answer = await world.get('/assets/large-9c1b.js', undefined, headers);
  expect(answer.headers.get('content-encoding')).toBe(expected);
  expect(answer.headers.get('vary')).toBe('accept-encoding');
  const body = Buffer.from(await answer.arrayBuffer());
  expect(String(expected === 'gzip' ? gunzipSync(body) : body)).toBe(LARGE);
  if (expected === 'gzip') expect(body.byteLength).toBeLessThan(LARGE.length / 10);
});

test.each(['/', '/index.html', '/findings/f-1', '/contractors/ada@example.com', '/sign-in', '/assets'])(
  'GET %s gives the console’s page',
  async (path) => {
    const page = await world.get(path);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(await page.text()).toBe('<title>Farhand</title>');
  },
);

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/%2e%2e%2fsecret.txt',
  '/assets/..%2f..%2fsecret.txt',
  '/assets/%252e%252e/%252e%252e/secret.txt',
  '/..%5csecret.txt',
  '/%00',
])('GET %s does not leave the console’s folder', async (path) => {
  const answer = await world.app.fetch(new Request(`http://localhost${path}`));
  expect(await answer.text()).not.toBe('secret');
  expect(answer.status).toBeLessThan(500);
});

test.each([
  ['GET', '/assets/gone.js'],
  ['GET', '/api/v1/nothing'],
  ['GET', '/api/'],
  ['POST', '/'],
  ['DELETE', '/findings'],
])('%s %s is not found', async (method, path) => {
  const answer = await world.app.request(path, { method });
  expect(answer.status).toBe(404);
  expect(z.parse(problemSchema, await answer.json()).code).toBe('NOT_FOUND');
});

test('without a console only the API answers', async () => {
  await using bare = await openWorld();
  expect((await bare.get('/')).status).toBe(404);
});

test.each(['/', '/api/v1/status', '/api/v1/openapi.json', '/healthz', '/assets/index-4f2a.js', '/api/v1/x'])(
  'the answer to %s carries the security headers',
  async (path) => {
    const { headers } = await world.get(path);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe-eval');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
  },
);

test('every license of the data in force is named', async () => {
  const answer = await world.get('/api/v1/status', await world.signIn());
  expect(z.parse(statusSchema, await answer.json()).geo.attributions).toEqual(ATTRIBUTIONS);
});

test('a defect is told to the log and not to the client', async () => {
  await using broken = await openWorld({
    ruleDoc: () => undefined,
    about: () => {
      throw new Error('the reason is private');
    },
  });
  const answer = await broken.get('/api/v1/status', await broken.signIn());
  expect(answer.status).toBe(500);
  expect(z.parse(problemSchema, await answer.json())).toEqual({
    code: 'INTERNAL',
    message: 'INTERNAL',
    hint: ERRORS.INTERNAL.hint,
  });
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const line = broken.lines.find((text) => text.includes('request failed'));
  expect(line).toContain('the reason is private');
});

test('health asks nothing of the store, readiness does', async () => {
  const sick = await openWorld();
  expect((await sick.get('/readyz')).status).toBe(200);
  await sick.store[Symbol.asyncDispose]();
  expect((await sick.get('/healthz')).status).toBe(200);
  const answer = await sick.get('/readyz');
  expect(answer.status).toBeGreaterThanOrEqual(500);
  z.parse(problemSchema, await answer.json());
  rmSync(sick.dir, { recursive: true });
});

const operationSchema = z.looseObject({
  summary: z.string(),
  parameters: z.array(z.looseObject({ name: z.string() })),
});
const pathSchema = z.strictObject({ get: z.optional(operationSchema), post: z.optional(operationSchema) });
const documentSchema = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), pathSchema),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

test('the OpenAPI document names every route with its parameters, and every reference leads somewhere', async () => {
  const text = await (await world.get(`${API_PREFIX}/openapi.json`)).text();
  const document = z.parse(documentSchema, JSON.parse(text));
  const described = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method} ${path}`),
  );
  expect(described.sort()).toEqual(
    ROUTES.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`).sort(),
  );
  const parameters = document.paths['/findings']?.get?.parameters.map(({ name }) => name);
  expect(parameters).toEqual(
    'outcome severity status assignee rule family contractor since q minRisk ids sort order cursor limit'.split(
      ' ',
    ),
  );
  expect(document.paths['/endpoints/{id}']?.get?.parameters).toMatchObject([{ name: 'id', in: 'path' }]);
  for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
    expect(document.components.schemas).toHaveProperty(name);
  expect(text).not.toMatch(/"\$ref":"#\/(?!components)/);
});

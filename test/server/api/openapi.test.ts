import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromJSONSchema } from 'zod';
import * as z from 'zod/mini';
import { openApiDocument } from '../../../server/api/openapi.ts';
import { EXAMPLES } from '../../../server/api/openapi-examples.ts';
import { ROUTES } from '../../../server/api/routes/index.ts';
import { writeCases } from '../../../server/store/cases.ts';
import { API_PREFIX, problemSchema } from '../../../shared/api.ts';
import type { Case } from '../../../shared/case.ts';
import { ERRORS } from '../../../shared/errors.ts';
import { SEED_NOW, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

const CASE: Case = {
  id: 'case-1',
  status: 'new',
  standing: true,
  severity: 'critical',
  triggers: [{ by: 'critical', finding: 'f-place' }],
  contractors: ['ada', 'ben'],
  findings: ['f-place', 'f-tool'],
  openedAt: SEED_NOW,
  updatedAt: SEED_NOW,
};
const VISIT = {
  span: 1,
  place: 'egress:198.51.100.7',
  contractor: 'ada',
  endpoint: 'laptop-1',
  from: '2026-03-02T14:00:00.000Z',
  to: null,
  network_class: 'residential',
};

let world: World;
let cookie: string;

beforeAll(async () => {
  world = await openWorld();
  const { db } = world.store;
  await seedFleet(db);
  await db.transaction().execute((trx) => writeCases(trx, SEED_NOW, [CASE]));
  await db.insertInto('visits').values(VISIT).execute();
  cookie = await world.signIn();
});
afterAll(() => world[Symbol.asyncDispose]());

const document = openApiDocument(ROUTES);
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, of]) => ({ name: `${method} ${path}`, of })),
);

/** A schema of the document with all that it refers to, as a program that reads the document has it. */
function whole(name: string): object {
  const schemas = JSON.parse(
    JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
  );
  return { $ref: `#/$defs/${name}`, $defs: schemas };
}

function mistakes(schema: object, value: unknown): readonly string[] {
  const { error } = fromJSONSchema(z.parse(z.record(z.string(), z.unknown()), schema)).safeParse(value);
  return error ? error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) : [];
}

function fresh(): Record<string, unknown> {
  return JSON.parse(JSON.stringify(document));
}

test('a public validator finds nothing wrong with the document that is served', async () => {
  const served = await (await world.get(`${API_PREFIX}/openapi.json`)).json();
  const validator = new Validator();
  expect(await validator.validate(z.parse(z.record(z.string(), z.unknown()), served))).toEqual({
    valid: true,
  });
  expect(validator.version).toBe('3.1');
});

test('nor with the document whose references are all replaced by what they point at', async () => {
  const validator = new Validator();
  await validator.validate(fresh());
  const whole = validator.resolveRefs();
  expect(JSON.stringify(whole)).not.toContain('"$ref"');
  expect(await new Validator().validate(whole)).toEqual({ valid: true });
});

test('every reference leads to a schema of the document', () => {
  const targets = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, target]) => target);
  expect(targets.length).toBeGreaterThan(100);
  const there = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`);
  expect(targets.filter((target) => !there.includes(target ?? ''))).toEqual([]);
});

test('every operation has an id of its own, a tag that is explained, and parameters that are', () => {
  const ids = operations.map(({ of }) => of.operationId);
  expect(new Set(ids).size).toBe(ROUTES.length);
  expect(document.tags.filter(({ description }) => description === '')).toEqual([]);
  const mute = operations.flatMap(({ name, of }) =>
    of.parameters.filter(({ description }) => description === '').map((each) => `${name}: ${each.name}`),
  );
  expect(mute).toEqual([]);
});

test.each(ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
  '%s says who may ask and what may go wrong',
  (name, route) => {
    const documented = operations.find((each) => each.name === name.replaceAll(/:(\w+)/g, '{$1}'))?.of;
    expect(documented?.['x-right']).toBe(route.open ? undefined : (route.right ?? 'read'));
    expect(documented?.security).toEqual(route.open ? [] : undefined);
    const statuses = Object.keys(documented?.responses ?? {});
    expect(statuses.includes('401')).toBe(
      !route.open || (route.errors ?? []).includes('SIGN_IN_LINK_INVALID'),
    );
    for (const code of route.errors ?? []) expect(statuses).toContain(String(ERRORS[code].http));
    expect(statuses).toContain('default');
  },
);

/** What stands for the parameter of a path that begins so. */
const IDS: Readonly<Record<string, string>> = {
  findings: 'f-tool',
  cases: 'case-1',
  contractors: 'ada',
  endpoints: 'laptop-1',
  places: 'egress:198.51.100.7',
};
/** What stands for a parameter without which nothing is answered. */
const REQUIRED: Readonly<Record<string, string>> = { at: SEED_NOW, q: 'ada', ids: 'ada' };
const reading = ROUTES.filter(
  ({ method, response }) => method === 'get' && response?.mediaType === 'application/json',
).map(({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'));

test.each(reading)('what GET %s answers is what the document says', async (path) => {
  const [, noun = ''] = path.split('/');
  const { parameters = [], responses } = document.paths[path]?.['get'] ?? {};
  const required = parameters.filter((each) => each.required && each.in === 'query');
  const query = new URLSearchParams(
    Object.fromEntries(required.map(({ name }) => [name, REQUIRED[name] ?? ''])),
  );
  const address = API_PREFIX + path.replaceAll(/\{\w+\}/g, IDS[noun] ?? 'unknown');
  const answer = await world.get(`${address}?${query}`, cookie);
  // A newer route may need what is not in the tables above; then what it refuses has to be as documented.
  const known = (noun in IDS || !path.includes('{')) && required.every(({ name }) => name in REQUIRED);
  if (known) expect(answer.status).toBe(200);
  const schema = responses?.[String(answer.status)]?.content?.['application/json']?.schema ?? {};
  const { $ref } = z.parse(z.object({ $ref: z.string() }), schema);
  expect(mistakes(whole($ref.split('/').at(-1) ?? ''), await answer.json())).toEqual([]);
});

test('unknown ids and unknown parameters are refused with a problem that the document names', async () => {
  const unknown = await world.get(`${API_PREFIX}/findings/none`, cookie);
  expect(unknown.status).toBe(404);
  expect(z.parse(problemSchema, await unknown.json()).code).toBe('NOT_FOUND');
  const mistaken = await world.get(`${API_PREFIX}/findings?outcom=open`, cookie);
  expect(mistaken.status).toBe(400);
  const { responses } = document.paths['/findings/{id}']?.['get'] ?? {};
  expect(Object.keys(responses ?? {})).toEqual(expect.arrayContaining(['400', '401', '404', 'default']));
});

test('examples are what their schemas take', () => {
  expect(Object.keys(EXAMPLES).length).toBeGreaterThan(5);
  for (const [name, example] of Object.entries(EXAMPLES)) expect(mistakes(whole(name), example)).toEqual([]);
});

test('the page names every operation, links only to what is on it, and needs no script and no inline style', async () => {
  const answer = await world.get(`${API_PREFIX}/docs`);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'");
  const page = await answer.text();
  for (const { of } of operations) expect(page).toContain(`id="${of.operationId}"`);
  const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.filter((id) => !anchors.has(id))).toEqual([]);
  expect(page).not.toMatch(/<script|<style|style=|onclick/);
  const style = await world.get(/rel="stylesheet" href="([^"]+)"/.exec(page)?.[1] ?? '');
  expect(style.headers.get('content-type')).toBe('text/css; charset=utf-8');
  expect(await style.text()).toContain('@media print');
});

test('every code is in the table of the page, once', async () => {
  const page = await (await world.get(`${API_PREFIX}/docs`)).text();
  for (const code of Object.keys(ERRORS)) expect(page.split(`id="${code}"`)).toHaveLength(2);
});

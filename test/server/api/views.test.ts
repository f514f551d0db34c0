import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { contractorsSchema } from '../../../shared/api/contractors.ts';
import { endpointsSchema } from '../../../shared/api/endpoints.ts';
import { findingsPageSchema } from '../../../shared/api/findings.ts';
import {
  advisoriesSchema,
  contractorDetailSchema,
  endpointDetailSchema,
  findingDetailSchema,
  statusSchema,
} from '../../../shared/api.ts';
import { findingSchema } from '../../../shared/finding.ts';
import { HOSTILE, SEED_FINDINGS, seedFinding, seedFleet } from '../../support/seed.ts';
import { openWorld, RULE_DOC, type World } from './world.ts';

let world: World;
let cookie: string;

beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  cookie = await world.signIn();
});
afterAll(() => world[Symbol.asyncDispose]());

async function read<S extends z.core.$ZodType>(schema: S, path: string): Promise<z.infer<S>> {
  const answer = await world.get(`/api/v1${path}`, cookie);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return z.parse(schema, await answer.json());
}

test('the status counts what is watched', async () => {
  const status = await read(statusSchema, '/status');
  expect(status.counts).toEqual({ contractors: 3, endpoints: 3, online: 2, open: 3, cases: 0 });
  expect(status.cursor).toBe(0);
  expect(status.version).toBe('0.1.0');
});

test('advisories are told with the rules that answer them, or why none does', async () => {
  const advisories = await read(advisoriesSchema, '/advisories');
  const of = (id: string) => advisories.find((advisory) => advisory.id === id);
  expect(of('us-2022-platform-3')).toMatchObject({ rules: ['no-rest'], reason: null });
  expect(of('us-rok-2023-6')).toMatchObject({
    rules: [],
    reason: expect.stringContaining('no rule may read'),
  });
});

test('findings come newest first and a page at a time, equal times included', async () => {
  const ids: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const page: z.infer<typeof findingsPageSchema> = await read(
      findingsPageSchema,
      `/findings?limit=1${next ? `&cursor=${next}` : ''}`,
    );
    ids.push(...page.findings.map(({ id }) => id));
    next = page.next;
  }
  expect(ids).toEqual(['f-tool', 'f-place', 'f-expected', 'f-hostile']);
});

test.each([
  ['outcome=open', ['f-tool', 'f-place', 'f-hostile']],
  ['severity=medium', ['f-expected']],
  ['contractor=ben', ['f-place', 'f-expected']],
  ['rule=unapproved-remote-tool&outcome=open&contractor=ada', ['f-tool']],
  ['contractor=nobody', []],
])('findings are filtered by %s', async (query, ids) => {
  const { findings } = await read(findingsPageSchema, `/findings?${query}`);
  expect(findings.map(({ id }) => id)).toEqual(ids);
});

test('a page follows the position, not the number, when findings arrive between two pages', async () => {
  await using other = await openWorld();
  await seedFleet(other.store.db);
  const mine = await other.signIn();
  const first = z.parse(findingsPageSchema, await (await other.get('/api/v1/findings?limit=2', mine)).json());
  const newest = {
    ...structuredClone(SEED_FINDINGS[0]),
    id: 'f-new',
    key: 'new',
    updatedAt: '2026-03-02T15:45:00.000Z',
  };
  await seedFinding(other.store.db, z.parse(findingSchema, newest));
  const second = z.parse(
    findingsPageSchema,
    await (await other.get(`/api/v1/findings?limit=2&cursor=${first.next}`, mine)).json(),
  );
  expect(second.findings.map(({ id }) => id)).toEqual(['f-expected', 'f-hostile']);
});

test.each([
  'limit=0',
  'limit=201',
  'limit=x',
  'outcome=closed',
  'cursor=bm9uZQ',
  'unknown=1',
  'contractor=<b>',
])('findings refuse ?%s', async (query) => {
  const answer = await world.get(`/api/v1/findings?${query}`, cookie);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID' });
});

test('a finding comes with its rule, the spans that are still there and whom it concerns', async () => {
  const { finding, rule, spans, contractors } = await read(findingDetailSchema, '/findings/f-tool');
  expect(finding).toEqual(SEED_FINDINGS[0]);
  expect(rule).toEqual(RULE_DOC);
  expect(spans.map(({ id, source, fact }) => [id, source, fact.kind])).toEqual([
    ['1', 'collector', 'egress'],
    ['2', 'agent', 'tool'],
  ]);
  expect(spans[1]?.evidence).toEqual({ epoch: '0123456789abcdef0123456789abcdef', seq: 2 });
  expect(spans[0]?.evidence).toBeUndefined();
  expect(contractors.map(({ id }) => id)).toEqual(['ada']);
});

test('a finding of a rule that is gone says so', async () => {
  const { rule, contractors } = await read(findingDetailSchema, '/findings/f-place');
  expect(rule).toBeNull();
  expect(contractors.map(({ id }) => id)).toEqual(['ada', 'ben']);
});

test('contractors come with declaration, endpoints in use and open findings', async () => {
  const { contractors } = await read(contractorsSchema, '/contractors');
  expect(contractors.map(({ id, endpoints, online, open }) => ({ id, endpoints, online, open }))).toEqual([
    { id: 'ada', endpoints: 1, online: 1, open: { info: 0, low: 0, medium: 0, high: 1, critical: 1 } },
    { id: 'ben', endpoints: 1, online: 1, open: { info: 0, low: 0, medium: 0, high: 0, critical: 1 } },
    { id: 'cleo', endpoints: 1, online: 0, open: { info: 0, low: 1, medium: 0, high: 0, critical: 0 } },
  ]);
  expect(contractors[0]?.declaration?.countries).toEqual(['US']);
  expect(contractors[2]?.declaration).toBeNull();
});

test('a contractor comes with endpoints, findings and the latest spans first', async () => {
  const { contractor, endpoints, findings, spans } = await read(contractorDetailSchema, '/contractors/ada');
  expect(contractor.label).toBe('Ada Example');
  expect(endpoints.map(({ id }) => id)).toEqual(['laptop-1', 'laptop-1-old']);
  expect(findings.map(({ id }) => id)).toEqual(['f-tool', 'f-place']);
  expect(spans.map(({ id }) => id)).toEqual(['4', '2', '8', '7', '3', '1']);
});

test('endpoints tell where they are now, even when a shorter stay elsewhere began later', async () => {
  const { endpoints } = await read(endpointsSchema, '/endpoints');
  expect(endpoints.map(({ id, online, egress }) => [id, online, egress?.ip])).toEqual([
    ['laptop-3', false, '203.0.113.80'],
    ['laptop-1-old', false, undefined],
    ['laptop-1', true, '198.51.100.7'],
    ['laptop-2', true, '198.51.100.7'],
  ]);
  expect(endpoints[2]?.platform?.name).toBe('Windows 11 Pro');
  expect(endpoints[2]?.agent?.probes).toEqual({ tools: 'ok', sessions: 'ok', usb: 'denied' });
  expect(endpoints[3]?.agent).toBeNull();
});

test('an endpoint comes with what is true now, its past, its gaps and its evidence', async () => {
  const { endpoint, now, past, gaps, evidence } = await read(endpointDetailSchema, '/endpoints/laptop-1');
  expect(endpoint.contractorLabel).toBe('Ada Example');
  expect(now.map(({ id }) => id)).toEqual(['2', '8', '7', '3', '1']);
  expect(past.map(({ id }) => id)).toEqual(['4']);
  expect(gaps).toMatchObject([{ first: 3, last: 9, cause: 'spool-overflow' }]);
  expect(evidence).toEqual({ batches: 2, observations: 7, repeated: 0, contradicted: 0 });
  const { evidence: none } = await read(endpointDetailSchema, '/endpoints/laptop-2');
  expect(none).toEqual({ batches: 0, observations: 0, repeated: 0, contradicted: 0 });
});

test('text from machines and people comes back as it was', async () => {
  const answer = await world.get('/api/v1/endpoints/laptop-3', cookie);
  expect(answer.headers.get('content-type')).toContain('application/json');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  const { endpoint, past } = z.parse(endpointDetailSchema, await answer.json());
  expect(endpoint.hostname).toBe(HOSTILE);
  expect(endpoint.contractorLabel).toBe(HOSTILE);
  expect(endpoint.egress?.org).toBe(HOSTILE);
  expect(past.map(({ fact }) => (fact.kind === 'session' ? fact.user : ''))).toContain(HOSTILE);
});

test.each(['/findings/none', '/contractors/none', '/endpoints/none', '/endpoints/%00%ff', '/nothing'])(
  'GET %s is not found',
  async (path) => {
    const answer = await world.get(`/api/v1${path}`, cookie);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' });
  },
);

test('an endpoint is revoked by who is signed in, with a reason, and that is on the action log', async () => {
  const revoke = (id: string, body: object, headers: Record<string, string> = { cookie }) =>
    world.post(`/api/v1/endpoints/${id}/revoke`, body, headers);
  expect((await revoke('laptop-2', { reason: 'returned' }, {})).status).toBe(401);
  expect(
    (await revoke('laptop-2', { reason: 'returned' }, { cookie, 'sec-fetch-site': 'cross-site' })).status,
  ).toBe(403);
  expect((await revoke('laptop-2', { reason: '' })).status).toBe(400);
  expect((await revoke('none', { reason: 'returned' })).status).toBe(404);
  expect((await revoke('laptop-2', { reason: 'returned' })).status).toBe(204);
  expect((await revoke('laptop-2', { reason: 'again' })).status).toBe(204);
  const { endpoint } = await read(endpointDetailSchema, '/endpoints/laptop-2');
  expect(endpoint.revokedReason).toBe('returned');
  const log = await world.store.db
    .selectFrom('actions')
    .select(['actor', 'source', 'subject'])
    .where('action', '=', 'endpoint.revoke')
    .execute();
  expect(log).toEqual([{ actor: 'analyst@example.com', source: '192.0.2.1', subject: 'laptop-2' }]);
});

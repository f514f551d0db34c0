import { afterEach, beforeEach, expect, test } from 'vitest';
import type * as z from 'zod/mini';
import { verifyActions } from '../../../server/store/actions.ts';
import { writeCases } from '../../../server/store/cases.ts';
import { bulkResultSchema, triageStateSchema } from '../../../shared/api/triage.ts';
import {
  caseDetailSchema,
  contractorDetailSchema,
  findingDetailSchema,
  problemSchema,
} from '../../../shared/api.ts';
import type { Case } from '../../../shared/case.ts';
import { SEED_NOW, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let ada: string;
let ben: string;

beforeEach(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  [ada, ben] = [await world.signIn('ada@example.com'), await world.signIn('ben@example.com')];
});
afterEach(() => world[Symbol.asyncDispose]());

async function problem(answer: Response) {
  return problemSchema.parse(await answer.json());
}

const CASE: Case = {
  id: 'case_1',
  status: 'new',
  standing: true,
  severity: 'critical',
  triggers: [{ by: 'critical', finding: 'f-place' }],
  contractors: ['ada', 'ben'],
  findings: ['f-place', 'f-tool', 'f-expected'],
  openedAt: SEED_NOW,
  updatedAt: SEED_NOW,
};

const post = (path: string, body: unknown, cookie = ada) => world.post(`/api/v1${path}`, body, { cookie });
async function done<S extends z.core.$ZodType>(schema: S, answer: Promise<Response>): Promise<z.output<S>> {
  const response = await answer;
  expect(response.status).toBe(200);
  return (schema as never as { parse(value: unknown): z.output<S> }).parse(await response.json());
}
const get = async <S extends z.core.$ZodType>(schema: S, path: string) =>
  done(schema, world.get(`/api/v1${path}`, ada));
const openCase = (given: Partial<Case> = {}) =>
  world.store.db.transaction().execute((trx) => writeCases(trx, SEED_NOW, [{ ...CASE, ...given }]));

test('a finding is taken on, noted on and resolved; its history says who did what', async () => {
  const path = '/findings/f-tool/triage';
  await post(path, { version: 0, assign: 'ada@example.com' });
  await post(path, { version: 1, note: 'Called the help desk.' });
  const { triage, history } = await done(
    triageStateSchema,
    post(path, { version: 2, decision: 'benign', reason: 'A help-desk session' }, ben),
  );
  expect(triage).toEqual({
    version: 3,
    status: 'resolved',
    assignee: 'ada@example.com',
    decision: 'benign',
    reason: 'A help-desk session',
    decidedBy: 'ben@example.com',
    decidedAt: SEED_NOW,
  });
  expect(history.map(({ by }) => by)).toEqual(['ada@example.com', 'ada@example.com', 'ben@example.com']);
  expect(await get(findingDetailSchema, '/findings/f-tool')).toMatchObject({ triage, history });
});

test('the second of two analysts is told what the first did, and nothing is changed', async () => {
  const path = '/findings/f-tool/triage';
  await post(path, { version: 0, note: 'Mine' });
  const answer = await post(path, { version: 0, decision: 'confirmed', reason: 'Theirs' }, ben);
  expect(answer.status).toBe(409);
  const { code, context } = await problem(answer);
  expect(code).toBe('CONFLICT');
  expect(triageStateSchema.parse(context?.['current'])).toMatchObject({
    triage: { version: 1, status: 'new' },
    history: [{ by: 'ada@example.com', note: 'Mine' }],
  });
  expect(await get(findingDetailSchema, '/findings/f-tool')).toMatchObject({ triage: { version: 1 } });
});

test('two changes sent at once end with one done and one refused', async () => {
  const both = await Promise.all(
    [ada, ben].map((cookie) => post('/findings/f-tool/triage', { version: 0, note: 'First' }, cookie)),
  );
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
});

test('what was done is on the action log with before and after, on the feed, and the log holds', async () => {
  await post('/findings/f-tool/triage', { version: 0, assign: 'ben@example.com', note: 'A secret word' });
  const { db } = world.store;
  const action = await db
    .selectFrom('actions')
    .selectAll()
    .where('action', '=', 'finding.triage')
    .executeTakeFirstOrThrow();
  expect(action).toMatchObject({ actor: 'ada@example.com', source: '192.0.2.1', subject: 'f-tool' });
  expect(JSON.parse(action.detail)).toEqual({
    before: { version: 0, status: 'new', assignee: null },
    after: { version: 1, status: 'investigating', assignee: 'ben@example.com' },
    note: 13,
  });
  expect(await verifyActions(db)).toMatchObject({ intact: true });
  const told = await db.selectFrom('feed').select(['topic', 'ref']).execute();
  expect(told).toContainEqual({ topic: 'finding', ref: 'f-tool' });
});

test('many findings are triaged at once, each with a result of its own', async () => {
  await post('/findings/f-place/triage', { version: 0, note: 'Somebody was here' });
  const { results } = await done(
    bulkResultSchema,
    post('/findings/triage', {
      findings: [
        { id: 'f-tool', version: 0 },
        { id: 'f-place', version: 0 },
        { id: 'f-none', version: 0 },
        { id: 'f-tool', version: 0 },
      ],
      change: { decision: 'false-positive', reason: 'A drill' },
    }),
  );
  expect(results.map(({ id, code }) => [id, code])).toEqual([
    ['f-tool', undefined],
    ['f-place', 'CONFLICT'],
    ['f-none', 'NOT_FOUND'],
    ['f-tool', 'CONFLICT'],
  ]);
  expect(results[1]?.triage?.version).toBe(1);
});

const SENSELESS: readonly (readonly [string, object])[] = [
  ['/findings/f-tool/triage', { version: 0, decision: 'benign' }],
  ['/findings/f-tool/triage', { version: 0, note: 'x'.repeat(4_001) }],
  ['/findings/f-tool/triage', { version: 0, assign: 'x'.repeat(129) }],
  ['/findings/f-tool/triage', { note: 'no version' }],
  ['/findings/f-tool/triage', { version: 0, decision: 'maybe', reason: 'so' }],
  ['/findings/triage', { findings: [], change: { note: 'x' } }],
  [
    '/findings/triage',
    {
      findings: Array.from({ length: 201 }, (_, n) => ({ id: `f-${n}`, version: 0 })),
      change: { note: 'x' },
    },
  ],
];

test('what makes no sense is refused', async () => {
  for (const [path, body] of SENSELESS) {
    const answer = await post(path, body);
    expect([answer.status, (await problem(answer)).code, body]).toEqual([400, 'REQUEST_INVALID', body]);
  }
});

test('the decision on a case resolves its open findings and names the case; taking it back takes theirs back', async () => {
  await openCase();
  const path = '/cases/case_1/triage';
  await post(path, { version: 0, decision: 'confirmed', reason: 'Two laptops in one closet' });
  const closed = await get(caseDetailSchema, '/cases/case_1');
  expect(closed.case.status).toBe('closed');
  expect(Object.fromEntries(closed.findings.map(({ finding, triage }) => [finding.id, triage.case]))).toEqual(
    {
      'f-place': 'case_1',
      'f-tool': 'case_1',
      'f-expected': undefined,
    },
  );
  expect(closed.findings.find(({ finding }) => finding.id === 'f-tool')?.triage).toMatchObject({
    status: 'resolved',
    decision: 'confirmed',
  });
  await post(path, { version: 1, status: 'investigating', note: 'Too early' });
  const open = await get(caseDetailSchema, '/cases/case_1');
  expect(open.case.status).toBe('investigating');
  expect(open.findings.map(({ triage }) => triage.status)).not.toContain('resolved');
  expect(open.history.map(({ version }) => version)).toEqual([1, 2]);
});

test('a case whose only cause is found harmless dissolves, with a line in its history that says so', async () => {
  await openCase({ findings: ['f-place'] });
  await post('/findings/f-place/triage', { version: 0, decision: 'benign', reason: 'They share a flat' });
  const detail = await get(caseDetailSchema, '/cases/case_1');
  expect(detail.case).toMatchObject({ status: 'dissolved', standing: false });
  expect(detail.history).toMatchObject([{ by: 'farhand', system: true }]);
});

test('a case that was merged takes notes and no decisions', async () => {
  await openCase({ status: 'merged', mergedInto: 'case_2' });
  const refused = await post('/cases/case_1/triage', { version: 0, decision: 'benign', reason: 'so' });
  expect([refused.status, (await problem(refused)).code]).toEqual([409, 'CASE_ENDED']);
  expect((await post('/cases/case_1/triage', { version: 0, note: 'See the other' })).status).toBe(200);
});

test('who may only read, or only audits, triages nothing', async () => {
  for (const role of ['viewer', 'auditor'] as const) {
    const cookie = await world.signIn(`${role}@example.com`, role);
    for (const path of ['/findings/f-tool/triage', '/cases/case_1/triage', '/findings/triage']) {
      const answer = await post(path, { version: 0, note: 'x' }, cookie);
      expect([answer.status, (await problem(answer)).code]).toEqual([403, 'FORBIDDEN']);
    }
    expect((await world.get('/api/v1/findings?assignee=me', cookie)).status).toBe(200);
  }
});

test('what was decided to be explained weighs no more; what was confirmed does', async () => {
  const riskOfAda = async () =>
    (await get(contractorDetailSchema, '/contractors/ada')).risk.families.map(({ family }) => family);
  expect(await riskOfAda()).toEqual(['remote-access', 'egress']);
  await post('/findings/f-tool/triage', { version: 0, decision: 'benign', reason: 'The help desk' });
  await post('/findings/f-place/triage', { version: 0, decision: 'confirmed', reason: 'A farm' });
  expect(await riskOfAda()).toEqual(['egress']);
  const { risk } = await world.store.db
    .selectFrom('contractors')
    .select('risk')
    .where('id', '=', 'ada')
    .executeTakeFirstOrThrow();
  const { total } = (await get(contractorDetailSchema, '/contractors/ada')).risk;
  expect(risk).toBe(total);
});

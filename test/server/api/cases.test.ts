import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeCases } from '../../../server/store/cases.ts';
import { caseDetailSchema, casesPageSchema, contractorDetailSchema } from '../../../shared/api.ts';
import type { Case } from '../../../shared/case.ts';
import { SEED_NOW, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let cookie: string;

function caseWith(given: Pick<Case, 'id'> & Partial<Case>): Case {
  return {
    status: 'new',
    standing: true,
    severity: 'high',
    triggers: [{ by: 'critical', finding: 'f-tool' }],
    contractors: ['ada'],
    findings: ['f-tool', 'f-place'],
    openedAt: SEED_NOW,
    updatedAt: SEED_NOW,
    ...given,
  };
}

beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  const cases = ['case_1', 'case_2', 'case_3'].map((id) => caseWith({ id }));
  await world.store.db
    .transaction()
    .execute((trx) => writeCases(trx, SEED_NOW, [...cases, caseWith({ id: 'case_4', status: 'closed' })]));
  cookie = await world.signIn();
});
afterAll(() => world[Symbol.asyncDispose]());

test('cases come a page at a time and by status, each once', async () => {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/api/v1/cases?status=new&limit=2${cursor && `&cursor=${cursor}`}`;
    const page = casesPageSchema.parse(await (await world.get(path, cookie)).json());
    ids.push(...page.cases.map(({ id }) => id));
    cursor = page.next;
  }
  expect(ids).toEqual(['case_3', 'case_2', 'case_1']);
});

test('a case shows beside each finding what was declared, and the sum that is the risk', async () => {
  const detail = caseDetailSchema.parse(await (await world.get('/api/v1/cases/case_1', cookie)).json());
  const tool = detail.findings.find(({ finding }) => finding.id === 'f-tool');
  expect(tool?.declared.map(({ contractor }) => contractor)).toEqual(['ada']);
  expect(Object.keys(tool?.declared[0]?.declaration ?? {})).toEqual(['countries']);
  const [ada] = detail.contractors;
  expect(ada?.contractor.id).toBe('ada');
  expect(ada?.risk.families.flatMap(({ lines }) => lines.map(({ finding }) => finding))).toContain('f-tool');
  const contractor = contractorDetailSchema.parse(
    await (await world.get('/api/v1/contractors/ada', cookie)).json(),
  );
  expect(contractor.risk).toEqual(ada?.risk);
});

test('a case that there is not is a 404 with a code', async () => {
  const answer = await world.get('/api/v1/cases/case_9', cookie);
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ code: 'NOT_FOUND' });
});

test('a cursor that is none of ours is refused', async () => {
  expect((await world.get('/api/v1/cases?cursor=xyz', cookie)).status).toBe(400);
});

test('cases need a session', async () => {
  expect((await world.get('/api/v1/cases')).status).toBe(401);
});

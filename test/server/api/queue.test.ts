import { afterAll, beforeAll, expect, test } from 'vitest';
import { savedFiltersSchema, searchResultSchema } from '../../../shared/api/desk.ts';
import { FINDING_SORTS, findingCountsSchema, findingsPageSchema } from '../../../shared/api/findings.ts';
import { problemSchema } from '../../../shared/api.ts';
import { SEVERITIES } from '../../../shared/finding.ts';
import { findingWith } from '../../support/finding.ts';
import { seedFinding, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let cookie: string;

beforeAll(async () => {
  world = await openWorld();
  const { db } = world.store;
  await seedFleet(db);
  for (let n = 0; n < 12; n += 1) {
    const at = `2026-02-0${1 + (n % 3)}T10:00:00.000Z`;
    const severity = SEVERITIES[n % 5] ?? 'low';
    const given = { id: `g-${n}`, rule: 'hours', title: 'Odd 100% hours', contractors: ['ben'], severity };
    await seedFinding(db, findingWith({ ...given, foundAt: at, updatedAt: at }));
  }
  cookie = await world.signIn('ada@example.com');
  const triage = (id: string, change: object) =>
    world.post(`/api/v1/findings/${id}/triage`, { version: 0, ...change }, { cookie });
  await triage('f-tool', { assign: 'ada@example.com' });
  await triage('f-place', { assign: 'ben@example.com' });
  await triage('f-hostile', { decision: 'inconclusive', reason: 'nothing to go by' });
  for (let n = 0; n < 12; n += 1)
    await db
      .updateTable('findings')
      .set({ risk: n % 4 })
      .where('id', '=', `g-${n}`)
      .execute();
});
afterAll(() => world[Symbol.asyncDispose]());

async function problem(answer: Response) {
  return problemSchema.parse(await answer.json());
}

async function page(query: string) {
  return findingsPageSchema.parse(await (await world.get(`/api/v1/findings?${query}`, cookie)).json());
}

test.each([
  ['assignee=me', ['f-tool']],
  ['assignee=ben@example.com', ['f-place']],
  ['assignee=none&rule=undeclared', ['f-hostile']],
  ['status=resolved', ['f-hostile']],
  ['status=investigating,resolved', ['f-place', 'f-tool', 'f-hostile']],
  ['severity=critical,high&contractor=ada', ['f-tool', 'f-place']],
  ['family=egress', ['f-place']],
  ['q=one address', ['f-place']],
  ['q=Ada Exam', ['f-tool', 'f-place']],
  ['q=cleo', ['f-hostile']],
  ['q=100%25 h&severity=critical', ['g-9', 'g-4']],
  ['q=%25%25', []],
  ['since=2026-03-01T13:00:00.000Z&assignee=me', ['f-tool']],
  ['since=2026-03-01T13:00:00.001Z', []],
  ['minRisk=3&severity=medium&rule=hours', ['g-7']],
  ['rule=hours&ids=g-7,g-9,f-tool,nobody', ['g-7', 'g-9']],
])('findings are filtered by %s', async (query, ids) => {
  expect((await page(query)).findings.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
});

test.each(FINDING_SORTS.flatMap((sort) => [[sort, 'desc'] as const, [sort, 'asc'] as const]))(
  'pages sorted by %s, %s, name every finding once',
  async (sort, order) => {
    const ids: string[] = [];
    const keys: (string | number)[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `sort=${sort}&order=${order}&limit=3${cursor && `&cursor=${cursor}`}`;
      const { findings, next } = await page(path);
      for (const finding of findings) {
        ids.push(finding.id);
        const by = {
          updated: finding.updatedAt,
          severity: SEVERITIES.indexOf(finding.severity),
          risk: finding.risk,
          age: finding.foundAt,
        };
        keys.push(by[sort]);
      }
      cursor = next;
    }
    expect(new Set(ids).size).toBe(16);
    expect(ids).toHaveLength(16);
    const up = (sort === 'age') !== (order === 'asc');
    expect(keys).toEqual(keys.toSorted((a, b) => (a < b ? -1 : Number(a > b)) * (up ? 1 : -1)));
  },
);

test.each([
  'severity=high,',
  'severity=worst',
  'status=open',
  'sort=name',
  'minRisk=x',
  'cursor=AAAA',
  'since=yesterday',
  `q=${'x'.repeat(101)}`,
])('findings refuse ?%s', async (query) => {
  const answer = await world.get(`/api/v1/findings?${query}`, cookie);
  expect([answer.status, (await problem(answer)).code]).toEqual([400, 'REQUEST_INVALID']);
});

test('a cursor of one sort is refused by another', async () => {
  const { next } = await page('sort=risk&limit=2');
  const answer = await world.get(`/api/v1/findings?sort=age&limit=2&cursor=${next}`, cookie);
  expect(answer.status).toBe(400);
});

test('counts tell what the other filters leave, by severity and status', async () => {
  const answer = await world.get('/api/v1/findings/counts?contractor=ada&severity=low&status=new', cookie);
  const { counts } = findingCountsSchema.parse(await answer.json());
  expect(counts.toSorted((a, b) => a.severity.localeCompare(b.severity))).toEqual([
    { severity: 'critical', status: 'investigating', count: 1 },
    { severity: 'high', status: 'investigating', count: 1 },
  ]);
});

test('search finds contractors, endpoints, rules and findings, what begins so first', async () => {
  const find = async (q: string) =>
    searchResultSchema.parse(await (await world.get(`/api/v1/search?q=${q}`, cookie)).json());
  const ben = await find('ben');
  expect(ben.contractors).toEqual([{ id: 'ben', label: 'Ben Example' }]);
  expect(ben.findings[0]?.id).toBe('f-place');
  expect((await find('laptop-2')).endpoints).toEqual([
    { id: 'laptop-2', hostname: 'laptop-2.example.com', contractor: 'ben' },
  ]);
  expect((await find('impossible')).rules[0]?.id).toBe('impossible-travel');
  expect(await find('%25')).toMatchObject({ contractors: [], endpoints: [], rules: [] });
});

test('saved filters belong to the account, are replaced by name, and are on the action log', async () => {
  const save = (name: string, query: string) =>
    world.post('/api/v1/saved-filters', { name, query }, { cookie });
  await save('Mine', 'assignee=me');
  await save('Mine', 'assignee=me&sort=risk');
  await save('Old', 'sort=age');
  await world.post('/api/v1/saved-filters/remove', { name: 'Old' }, { cookie });
  const read = async (whose: string) =>
    savedFiltersSchema.parse(await (await world.get('/api/v1/saved-filters', whose)).json()).filters;
  expect((await read(cookie)).map(({ name, query }) => [name, query])).toEqual([
    ['Mine', 'assignee=me&sort=risk'],
  ]);
  expect(await read(await world.signIn('ben@example.com'))).toEqual([]);
  const logged = await world.store.db
    .selectFrom('actions')
    .select('action')
    .where('action', 'like', 'filter.%')
    .execute();
  expect(logged.map(({ action }) => action)).toEqual([
    'filter.save',
    'filter.save',
    'filter.save',
    'filter.remove',
  ]);
});

test('an account keeps fifty filters at most', async () => {
  const eva = await world.signIn('eva@example.com');
  const save = (n: number) =>
    world.post('/api/v1/saved-filters', { name: `f${n}`, query: '' }, { cookie: eva });
  for (let n = 0; n < 50; n += 1) expect((await save(n)).status).toBe(200);
  expect((await save(50)).status).toBe(400);
  expect((await save(0)).status).toBe(200);
});

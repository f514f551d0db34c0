import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyActions } from '../../../server/store/actions.ts';
import { proposalDetailSchema, proposalsSchema } from '../../../shared/api/proposals.ts';
import { previewSchema } from '../../../shared/api.ts';
import { proposalSchema } from '../../../shared/proposal.ts';
import { SEED_FINDINGS, seedFinding, seedFleet } from '../../support/seed.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let sam: string;
let kit: string;

beforeAll(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  sam = await world.signIn('sam');
  kit = await world.signIn('kit');
});
afterAll(() => world[Symbol.asyncDispose]());

const CHANGE = {
  kind: 'exception',
  permission: {
    contractor: 'ada',
    tool: 'anydesk',
    from: '2026-03-01T00:00:00.000Z',
    until: '2026-04-01T00:00:00.000Z',
  },
} as const;

async function request(change: object = CHANGE, reason = 'support week') {
  return world.post('/api/v1/proposals', { change, reason }, { cookie: sam });
}

async function requested() {
  return proposalSchema.parse(await (await request()).json());
}

function answer(id: string, decide: string, cookie: string) {
  return world.post(`/api/v1/proposals/${id}/decision`, { decide, reason: 'because' }, { cookie });
}

test('what somebody asks for waits until another person approves it, and both are on the action log', async () => {
  const { id, status, requestedBy } = await requested();
  expect([status, requestedBy]).toEqual(['pending', 'sam']);
  const own = await answer(id, 'approve', sam);
  expect(own.status).toBe(403);
  expect(await own.json()).toMatchObject({ code: 'FOUR_EYES' });
  expect(await (await answer(id, 'approve', kit)).json()).toMatchObject({
    status: 'approved',
    decidedBy: 'kit',
    decision: 'because',
  });
  const log = await world.store.db
    .selectFrom('actions')
    .select(['actor', 'source', 'action', 'subject'])
    .where('action', 'like', 'exception.%')
    .orderBy('id')
    .execute();
  expect(log).toEqual([
    { actor: 'sam', source: '192.0.2.1', action: 'exception.request', subject: 'ada' },
    { actor: 'kit', source: '192.0.2.1', action: 'exception.approve', subject: 'ada' },
  ]);
  expect(await verifyActions(world.store.db)).toMatchObject({ intact: true });
});

test('nobody decides twice, and a rejection is told with its reason', async () => {
  const { id } = await requested();
  expect(await (await answer(id, 'reject', kit)).json()).toMatchObject({
    status: 'rejected',
    decision: 'because',
  });
  const late = await answer(id, 'approve', kit);
  expect(late.status).toBe(409);
  expect(await late.json()).toMatchObject({ code: 'PROPOSAL_DECIDED' });
});

test('whoever asked may end what was approved: that hides nothing', async () => {
  const { id } = await requested();
  await answer(id, 'approve', kit);
  expect(await (await answer(id, 'end', sam)).json()).toMatchObject({ status: 'ended', endedBy: 'sam' });
});

test('proposals are listed by status, latest first', async () => {
  const { id } = await requested();
  const { proposals } = proposalsSchema.parse(
    await (await world.get('/api/v1/proposals?status=pending', sam)).json(),
  );
  expect(proposals.map((each) => each.id)).toEqual([id]);
});

test('proposals are read a page at a time, each once', async () => {
  const ids = [await requested(), await requested(), await requested()].map(({ id }) => id);
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const path = `/api/v1/proposals?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
    const page = proposalsSchema.parse(await (await world.get(path, sam)).json());
    seen.push(...page.proposals.map(({ id }) => id));
    cursor = page.next;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen).toEqual(expect.arrayContaining(ids));
});

test.each([
  [
    'a contractor whom nobody knows',
    { ...CHANGE, permission: { ...CHANGE.permission, contractor: 'nobody' } },
  ],
  [
    'an end before the beginning',
    { ...CHANGE, permission: { ...CHANGE.permission, until: CHANGE.permission.from } },
  ],
  ['nothing that is permitted', { kind: 'exception', permission: { ...CHANGE.permission, tool: undefined } }],
  ['a rule that there is not', { kind: 'settings', rule: 'no-such-rule', settings: {} }],
  ['a setting out of bounds', { kind: 'settings', rule: 'several-remote-tools', settings: { vendors: 1 } }],
])('%s is refused', async (_, change) => {
  const refused = await request(change);
  expect(await refused.json()).toMatchObject({ code: expect.stringMatching(/^(REQUEST|SETTINGS)_INVALID$/) });
  expect(refused.ok).toBe(false);
});

test('a preview says what would change, and changes nothing', async () => {
  const change = { kind: 'settings', rule: 'missing-declaration', settings: { parts: ['countries'] } };
  const answer = await world.post('/api/v1/proposals/preview', { change }, { cookie: sam });
  const { count, changes } = previewSchema.parse(await answer.json());
  expect(count).toBe(changes.length);
  expect(changes.every(({ outcome }) => outcome.rule === 'missing-declaration')).toBe(true);
  const before = await world.store.db.selectFrom('findings').select('id').execute();
  expect(before).toHaveLength(4);
});

test('proposals need a session, and the console itself as sender', async () => {
  expect((await world.post('/api/v1/proposals', { change: CHANGE, reason: 'x' })).status).toBe(401);
  const foreign = await world.post(
    '/api/v1/proposals',
    { change: CHANGE, reason: 'x' },
    { cookie: sam, 'sec-fetch-site': 'cross-site' },
  );
  expect(foreign.status).toBe(403);
});

test('an exception names the findings that it makes expected, and its list counts them', async () => {
  const { id } = await requested();
  await answer(id, 'approve', kit);
  const [model] = SEED_FINDINGS;
  if (!model) throw new Error('no finding to copy');
  const outcomeReason = `exception ${id}: support week`;
  await seedFinding(world.store.db, {
    ...model,
    id: 'f-under',
    key: 'under',
    outcome: 'expected',
    outcomeReason,
  });
  const detail = await world.get(`/api/v1/proposals/${id}`, kit);
  const { proposal, covers } = proposalDetailSchema.parse(await detail.json());
  expect([proposal.covers, covers.map((finding) => finding.id)]).toEqual([1, ['f-under']]);
  const list = await world.get('/api/v1/proposals?kind=exception&subject=ada&status=approved', kit);
  const { proposals } = proposalsSchema.parse(await list.json());
  expect(proposals.map((each) => [each.id, each.covers])).toContainEqual([id, 1]);
  const others = await world.get('/api/v1/proposals?kind=settings', kit);
  expect(await others.json()).toEqual({ proposals: [], next: null });
  expect((await world.get('/api/v1/proposals/none', kit)).status).toBe(404);
});

test('requests and decisions are told on the feed', async () => {
  const { id } = await requested();
  await answer(id, 'reject', kit);
  const news = await world.store.db
    .selectFrom('feed')
    .select('ref')
    .where('topic', '=', 'proposal')
    .execute();
  expect(news.filter(({ ref }) => ref === id)).toHaveLength(2);
});

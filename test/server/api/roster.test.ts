import { afterEach, beforeEach, expect, test } from 'vitest';
import { verifyActions } from '../../../server/store/actions.ts';
import { type RosterPreview, rosterImportedSchema, rosterPreviewSchema } from '../../../shared/api/roster.ts';
import { problemSchema } from '../../../shared/api.ts';
import { HOSTILE, seedFleet } from '../../support/seed.ts';
import { OWN, openWorld, type World } from './world.ts';

let world: World;
let cookie: string;
beforeEach(async () => {
  world = await openWorld();
  await seedFleet(world.store.db);
  cookie = await world.signIn();
});
afterEach(() => world[Symbol.asyncDispose]());

function send(path: string, content: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) {
  return world.app.request(`/api/v1${path}`, {
    method: 'POST',
    body: content,
    headers: { 'content-type': 'text/csv', cookie, ...OWN, ...headers },
  });
}

async function previewed(content: string): Promise<RosterPreview> {
  const answer = await send('/roster/preview?format=csv&file=people.csv', content);
  expect(answer.status).toBe(200);
  return rosterPreviewSchema.parse(await answer.json());
}

function importing(content: string, { sha256, plan }: Pick<RosterPreview, 'sha256' | 'plan'>) {
  return send(`/roster?format=csv&file=people.csv&sha256=${sha256}&plan=${plan}`, content);
}

async function refusal(answer: Response) {
  return [answer.status, problemSchema.parse(await answer.json()).code];
}

const PEOPLE = `contractor,label,countries,endpoints
ada,Ada Example,US;CA,laptop-1
ben,Ben Example,US,laptop-3
dora,Dora Example,PL,
`;

test('a preview says who is added, what changes from what, who is missing, and stores nothing', async () => {
  const preview = await previewed(PEOPLE);
  expect(preview.added.shown).toEqual([
    { id: 'dora', after: { label: 'Dora Example', declaration: { countries: ['PL'] } } },
  ]);
  expect(preview.changed.shown.map(({ id }) => id)).toEqual(['ada', 'ben']);
  expect(preview.changed.shown[0]?.before.declaration?.countries).toEqual(['US']);
  expect(preview.changed.shown[0]?.after.declaration).toEqual({ countries: ['US', 'CA'] });
  expect(preview.missing).toEqual({ count: 1, shown: [{ id: 'cleo', label: HOSTILE }] });
  expect(preview.bound.shown).toEqual([{ endpoint: 'laptop-3', from: 'cleo', to: 'ben' }]);
  expect(await previewed(PEOPLE)).toEqual(preview);
});

test('what was previewed is imported, once, and the action log has the counts and the hash of the file', async () => {
  const preview = await previewed(PEOPLE);
  const imported = rosterImportedSchema.parse(await (await importing(PEOPLE, preview)).json());
  expect(imported).toMatchObject({ added: 1, changed: 2, unchanged: 0, bound: 1 });
  expect((await previewed(PEOPLE)).unchanged.count).toBe(3);
  const action = await world.store.db
    .selectFrom('actions')
    .select(['actor', 'detail'])
    .where('action', '=', 'roster.import')
    .executeTakeFirstOrThrow();
  expect(action.actor).toBe('analyst@example.com');
  expect(JSON.parse(action.detail)).toMatchObject({
    sha256: preview.sha256,
    before: { contractors: 3 },
    after: { contractors: 4 },
  });
  expect(await verifyActions(world.store.db)).toMatchObject({ intact: true });
  const { status } = await importing(PEOPLE, preview);
  expect(status).toBe(409);
});

test('nothing is imported when the stored contractors or the file changed since the preview', async () => {
  const preview = await previewed(PEOPLE);
  await world.store.db.updateTable('contractors').set({ label: 'Ada B.' }).where('id', '=', 'ada').execute();
  const late = await importing(PEOPLE, preview);
  expect(await refusal(late)).toEqual([409, 'ROSTER_CHANGED']);
  const other = await importing(`${PEOPLE}eve,Eve Example,US,\n`, await previewed(PEOPLE));
  expect(await refusal(other)).toEqual([409, 'ROSTER_CHANGED']);
  const ids = await world.store.db.selectFrom('contractors').select('id').execute();
  expect(ids).toHaveLength(3);
});

test('a file with problems has each with its row and column, and no plan to import', async () => {
  const preview = await previewed('contractor,countries,endpoints\nada,UK,\nben,US,laptop-9\n');
  expect(preview.plan).toBeNull();
  expect(preview.problems.shown).toEqual([
    { row: 2, column: 'countries', reason: 'UK is no country code; Great Britain is GB' },
    { row: 3, column: 'endpoints', reason: 'laptop-9 is not enrolled' },
  ]);
});

test('one byte more than 10 MB is refused with a code, whether or not its length was told', async () => {
  const large = new Uint8Array(10 * 1024 * 1024 + 1).fill(97);
  const path = '/roster/preview?format=csv&file=large.csv';
  const told = await send(path, 'x', { 'content-length': String(large.byteLength) });
  expect(await refusal(told)).toEqual([413, 'ROSTER_TOO_LARGE']);
  const counted = await send(path, large);
  expect(await refusal(counted)).toEqual([413, 'ROSTER_TOO_LARGE']);
});

test('an exported roster holds no formula, and imports again without a change', async () => {
  const formulas = '=HYPERLINK("http://example.com")';
  const labels = [formulas, '@SUM(A1)', '+1', '-1', `${formulas},"x"`];
  for (const [index, label] of labels.entries())
    await world.store.db
      .insertInto('contractors')
      .values({
        id: `c-${index}`,
        label,
        declaration: JSON.stringify({
          home: { lat: -33.87, lon: -70.6 },
          issuedSerials: ['0123456789abcdef0123456789abcdef'],
          workHours: { days: ['mon', 'sun'], from: '09:00', to: '17:00' },
          virtualMachine: false,
        }),
        updated_at: '2026-01-05T00:00:00.000Z',
      })
      .execute();
  await world.store.db.updateTable('contractors').set({ label: 'Cleo' }).where('id', '=', 'cleo').execute();
  const answer = await world.get('/api/v1/roster.csv', cookie);
  expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const csv = await answer.text();
  expect(csv).not.toMatch(/(^|,|")[=+@]/m);
  const preview = await previewed(csv);
  expect(preview).toMatchObject({ problems: { count: 0 }, added: { count: 0 }, changed: { count: 0 } });
  expect(preview.missing.count).toBe(0);
});

test('text that would mislead the reader is a problem and not imported', async () => {
  const preview = await previewed(`contractor,label\nc-1,"a\u202Eb"\n`);
  expect(preview.problems.shown).toEqual([
    { row: 2, column: 'label', reason: 'expected one line of printable text' },
  ]);
});

test.each(['viewer', 'analyst', 'auditor'] as const)(
  'to a %s rosters and the setup are closed',
  async (role) => {
    const as = { cookie: await world.signIn(`${role}@example.com`, role) };
    const path = '/roster/preview?format=csv&file=people.csv';
    expect(await refusal(await send(path, PEOPLE, as))).toEqual([403, 'FORBIDDEN']);
    for (const read of ['/roster.csv', '/collector'])
      expect(await refusal(await world.get(`/api/v1${read}`, as.cookie))).toEqual([403, 'FORBIDDEN']);
  },
);

test('nobody previews more than a few rosters a minute', async () => {
  const answers = [];
  for (let count = 0; count < 31; count += 1)
    answers.push((await send('/roster/preview?format=csv&file=a.csv', 'contractor\nada\n')).status);
  expect(answers.slice(29)).toEqual([200, 429]);
});

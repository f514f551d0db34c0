import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { MOST_SPANS } from '../../../server/detect/timeline.ts';
import { MINUTE } from '../../../shared/time.ts';
import { openWorld } from './world.ts';

const NOW = '2026-03-06T00:00:00.000Z';
const person = (id: string) => [
  { contractor: { id, countries: ['US'] } },
  { endpoint: { id: `laptop-${id}`, contractor: id, enrolledAt: '2026-03-02T13:00:00.000Z' } },
  {
    ...{ at: '2026-03-02T14:00:00.000Z', endpoint: `laptop-${id}` },
    began: { kind: 'egress', ip: '198.51.100.7', country: 'US', networkClass: 'residential' },
  },
];
const ANYDESK = {
  ...{ at: '2026-03-02T15:10:00.000Z', endpoint: 'laptop-ada' },
  began: { kind: 'tool', tool: 'anydesk', category: 'remote-access', state: 'running', signs: [] },
};

test('a place whose finding cannot be written is set aside and told once; those in its group are kept', async () => {
  await using world = await openWorld(NOW);
  await sql`create trigger refused before insert on findings when new.scope = 'place'
    begin select raise(abort, 'refused'); end`.execute(world.store.db);
  await world.tell([...person('ada'), ...person('bob'), ANYDESK, { now: NOW }]);
  await using detector = world.detector();
  await detector.settled();
  const scopes = async () => new Set((await world.findings()).map(({ scope }) => scope));
  expect(await scopes()).toEqual(new Set(['contractor']));
  const errors = () => world.logged.filter(({ level }) => level === 50);
  expect(errors()).toMatchObject([
    { msg: 'subject could not be judged, set aside', scope: 'place', subject: 'egress:198.51.100.7' },
  ]);

  await sql`drop trigger refused`.execute(world.store.db);
  world.now += 2 * MINUTE;
  await detector.settled();
  expect(await scopes()).toEqual(new Set(['contractor', 'place']));
  expect(errors()).toHaveLength(1);
});

test('of more spans than a timeline holds the store gives what goes on and what ended last, and rules say so', async () => {
  await using world = await openWorld(NOW);
  await world.tell([...person('ada'), ANYDESK, { now: NOW }]);
  await sql`with recursive counted(n) as (select 1 union all select n + 1 from counted where n < ${MOST_SPANS + 1})
    insert into spans (endpoint, contractor, kind, key, source, "from", "to", fact)
    select 'laptop-ada', 'ada', 'suspend', n, 'agent', "at", "at", json_object('kind', 'suspend', 'from', "at", 'until', "at")
    from (select n, strftime('%Y-%m-%dT%H:%M:%fZ', '2026-03-03', '+' || n || ' seconds') as "at" from counted)`.execute(
    world.store.db,
  );
  await using detector = world.detector();
  await detector.settled();
  const of = async (rule: string) =>
    (await world.findings()).filter((finding) => finding.rule === rule).map(({ outcome }) => outcome);
  expect((await of('unapproved-remote-tool')).toSorted()).toEqual(['open', 'undetermined']);
  expect(await of('input-device-churn')).toEqual(['undetermined']);

  await sql`delete from spans where kind = 'suspend'`.execute(world.store.db);
  await world.mark({ scope: 'contractor', subject: 'ada' });
  await detector.settled();
  expect((await of('unapproved-remote-tool')).toSorted()).toEqual(['open', 'retracted']);
});

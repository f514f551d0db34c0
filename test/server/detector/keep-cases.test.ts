import { expect, test } from 'vitest';
import { keepCases } from '../../../server/detector/keep-cases.ts';
import { writeFindings } from '../../../server/store/findings.ts';
import type { Case } from '../../../shared/case.ts';
import type { Finding } from '../../../shared/finding.ts';
import { findingWith } from '../../support/finding.ts';
import { openWorld } from './world.ts';

const AT = '2026-03-02T14:00:00.000Z';
const LATER = '2026-03-03T14:00:00.000Z';

function farm(id: string) {
  return [
    { contractor: { id, countries: ['US'], timezone: 'America/Chicago' } },
    { endpoint: { id: `laptop-${id}`, contractor: id, enrolledAt: AT } },
    {
      at: AT,
      endpoint: `laptop-${id}`,
      began: { kind: 'egress', ip: '203.0.113.40', country: 'US', networkClass: 'residential' },
    },
    {
      at: LATER,
      endpoint: `laptop-${id}`,
      noted: { kind: 'activity', hour: AT, local: 1, remote: 40, locked: 0 },
    },
  ];
}

async function casesIn(world: Awaited<ReturnType<typeof openWorld>>): Promise<readonly Case[]> {
  const rows = await world.store.db.selectFrom('cases').select('body').orderBy('id').execute();
  return rows.map(({ body }): Case => JSON.parse(body));
}

test('contractors behind one address get one case, told to the feed, whoever was judged first', async () => {
  await using world = await openWorld('2026-03-20T14:00:00.000Z');
  await using detector = world.detector();
  await world.tell(['cole', 'dana', 'finn'].flatMap(farm));
  await detector.settled();
  const cases = await casesIn(world);
  expect(cases).toMatchObject([
    {
      status: 'new',
      severity: 'critical',
      contractors: ['cole', 'dana', 'finn'],
      triggers: [{ by: 'critical' }],
    },
  ]);
  expect(await world.feed()).toContain(cases[0]?.id);
});

test('a case dissolves when a declaration takes its only finding away', async () => {
  await using world = await openWorld('2026-03-20T14:00:00.000Z');
  await using detector = world.detector();
  await world.tell(['cole', 'dana', 'finn'].flatMap(farm));
  await detector.settled();
  for (const id of ['cole', 'dana', 'finn'])
    await world.store.db
      .updateTable('contractors')
      .set({
        declaration: JSON.stringify({
          countries: ['US'],
          timezone: 'America/Chicago',
          sharedSite: 'office-1',
        }),
      })
      .where('id', '=', id)
      .execute();
  await world.mark({ scope: 'place', subject: 'egress:203.0.113.40' });
  await detector.settled();
  expect(await casesIn(world)).toMatchObject([{ status: 'dissolved', standing: false }]);
});

test('a case stands on while more contractors are joined than are looked at together', async () => {
  await using world = await openWorld(LATER);
  const { db } = world.store;
  const crowd = Array.from({ length: 320 }, (_, index) => `c${index}`);
  const kvm = findingWith({ id: 'fd_kvm', contractors: ['zoe'], family: 'hardware', severity: 'critical' });
  const bridge = findingWith({
    id: 'fd_bridge',
    contractors: ['ada', 'zoe'],
    scope: 'place',
    severity: 'high',
  });
  const crowded = findingWith({
    id: 'fd_crowd',
    contractors: ['ada', ...crowd],
    scope: 'place',
    severity: 'high',
  });
  const keep = (...changed: readonly Finding[]) =>
    db.transaction().execute(async (trx) => {
      await writeFindings(trx, LATER, changed);
      await keepCases(trx, LATER, changed);
    });
  await keep(kvm, bridge);
  await keep(crowded);
  expect(await casesIn(world)).toMatchObject([{ id: 'case_kvm', status: 'new', standing: true }]);
});

import { expect, test } from 'vitest';
import { writeOutcome } from '../../../server/detector/outcome.ts';
import { findCase } from '../../../server/store/cases.ts';
import { historyOf, standingOf } from '../../../server/store/triage.ts';
import { triageCase, triageFinding } from '../../../server/store/triage-requests.ts';
import type { Finding } from '../../../shared/finding.ts';
import { findingWith } from '../../support/finding.ts';
import { openWorld } from './world.ts';

const AT = '2026-03-02T14:00:00.000Z';
const BY = { actor: 'ada@example.com', source: '192.0.2.1', at: AT };
const KVM = findingWith({ id: 'fd_kvm', severity: 'critical' });

async function openOffice() {
  const world = await openWorld(AT);
  const { db } = world.store;
  await db
    .insertInto('contractors')
    .values({ id: 'ada', label: null, declaration: null, updated_at: AT })
    .execute();
  const judge = (...changed: Finding[]) =>
    db.transaction().execute((trx) => writeOutcome(trx, AT, { changed, claims: [] }));
  await judge(KVM);
  const triage = async (id: string) => (await standingOf(db, [id])).get(id);
  return { world, db, judge, triage, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() };
}

test('a resolved finding stays resolved while it is judged as before, and reopens when it gets worse', async () => {
  await using office = await openOffice();
  const { db, judge, triage } = office;
  const mild = findingWith({ id: 'fd_mild', severity: 'low' });
  await judge(mild);
  const change = { version: 0, decision: 'benign', reason: 'A help-desk session' } as const;
  await db.transaction().execute((trx) => triageFinding(trx, 'fd_mild', { change, by: BY }));
  await judge({ ...mild, to: '2026-03-02T12:00:00.000Z', reason: 'It ran longer.' });
  expect(await triage('fd_mild')).toMatchObject({ triage: { version: 1, status: 'resolved' } });
  await judge({ ...mild, severity: 'high' });
  expect(await triage('fd_mild')).toMatchObject({ triage: { version: 2, status: 'new', reopenedAt: AT } });
  expect((await historyOf(db, 'finding', 'fd_mild')).at(-1)).toMatchObject({
    by: 'farhand',
    system: true,
    note: 'It got worse: low became high.',
  });
});

test('a closed case opens again, with a line that says so, when a finding that it decided comes back', async () => {
  await using office = await openOffice();
  const { db, judge, triage } = office;
  const change = { version: 0, decision: 'confirmed', reason: 'There is a KVM switch' } as const;
  await db.transaction().execute((trx) => triageCase(trx, 'case_kvm', { change, by: BY }));
  await judge({ ...KVM, reason: 'Still there.' });
  expect((await findCase(db, 'case_kvm'))?.case.status).toBe('closed');
  await judge({ ...KVM, outcome: 'retracted' });
  await judge(KVM);
  expect(await triage('fd_kvm')).toMatchObject({ triage: { status: 'new' } });
  expect(await findCase(db, 'case_kvm')).toMatchObject({
    case: { status: 'new' },
    triage: { status: 'new', version: 2 },
  });
  expect(await db.selectFrom('cases').select('id').execute()).toHaveLength(1);
});

test("beside each finding stands the risk that its contractor's open findings add up to", async () => {
  await using office = await openOffice();
  const { judge, triage } = office;
  const tool = findingWith({ id: 'fd_tool', family: 'egress', severity: 'high', to: null });
  await judge(tool);
  expect((await triage('fd_kvm'))?.risk).toBe((await triage('fd_tool'))?.risk);
  expect((await triage('fd_kvm'))?.risk).toBeGreaterThan(130);
  await judge({ ...KVM, outcome: 'retracted' });
  expect((await triage('fd_tool'))?.risk).toBe(40);
});

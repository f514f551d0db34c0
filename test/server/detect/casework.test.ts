import fc from 'fast-check';
import { expect, test } from 'vitest';
import { caseChanges, caseGroups } from '../../../server/detect/casework.ts';
import type { Case } from '../../../shared/case.ts';
import { FAMILIES, type Finding, SEVERITIES } from '../../../shared/finding.ts';
import { findingWith } from '../../support/finding.ts';

const NOW = '2026-03-20T10:00:00.000Z';
const NONE: ReadonlySet<string> = new Set();

function groups(findings: readonly Finding[], settled = NONE) {
  return caseGroups(findings, { now: NOW, settled });
}

function day(number: number): string {
  return `2026-03-${String(number).padStart(2, '0')}T09:00:00.000Z`;
}

const KVM = findingWith({ id: 'fd_kvm', family: 'hardware', severity: 'critical' });
const TOOL = findingWith({ id: 'fd_tool', from: day(2), to: day(2) });
const VPN = findingWith({ id: 'fd_vpn', family: 'egress', from: day(9), to: day(9) });
const HOURS = findingWith({ id: 'fd_hours', family: 'presence', from: day(15), to: day(15) });

test('one critical finding opens a case that gathers whatever else stands against the same contractor', () => {
  expect(groups([KVM, TOOL, findingWith({ id: 'other', contractors: ['ben'] })])).toEqual([
    {
      contractors: ['ada'],
      findings: ['fd_kvm', 'fd_tool'],
      severity: 'critical',
      triggers: [{ by: 'critical', finding: 'fd_kvm' }],
    },
  ]);
});

test('three families within a fortnight open a case, two do not', () => {
  expect(groups([TOOL, VPN])).toEqual([]);
  expect(groups([HOURS, TOOL, VPN]).map(({ triggers }) => triggers)).toEqual([
    [
      {
        by: 'families',
        contractor: 'ada',
        families: ['remote-access', 'egress', 'presence'],
        findings: ['fd_tool', 'fd_vpn', 'fd_hours'],
      },
    ],
  ]);
});

test('three families over more than a fortnight open none', () => {
  expect(groups([TOOL, VPN, { ...HOURS, from: day(17), to: day(17) }])).toEqual([]);
});

test('what goes on counts for every fortnight that it touches', () => {
  expect(groups([{ ...TOOL, to: null }, VPN, { ...HOURS, from: day(19), to: day(19) }])).toHaveLength(1);
});

test('findings of low severity gather no families', () => {
  expect(groups([TOOL, VPN, { ...HOURS, severity: 'low' }])).toEqual([]);
});

test('three families of three contractors open nothing', () => {
  expect(groups([TOOL, { ...VPN, contractors: ['ben'] }, { ...HOURS, contractors: ['cy'] }])).toEqual([]);
});

test('a critical finding about a place joins its contractors, and findings of each come into the one case', () => {
  const place = findingWith({
    id: 'fd_place',
    scope: 'place',
    subject: 'egress:203.0.113.40',
    family: 'identity',
    severity: 'critical',
    contractors: ['ben', 'ada'],
  });
  const [only, ...more] = groups([place, TOOL, { ...VPN, contractors: ['ben'] }]);
  expect(more).toEqual([]);
  expect(only).toMatchObject({
    contractors: ['ada', 'ben'],
    findings: ['fd_place', 'fd_tool', 'fd_vpn'],
  });
});

test('a medium finding about a place joins nobody', () => {
  const place = findingWith({ id: 'fd_place', scope: 'place', contractors: ['ada', 'ben'] });
  expect(groups([place, KVM]).map(({ contractors }) => contractors)).toEqual([['ada']]);
});

test('what a closed case decided on opens nothing again', () => {
  expect(groups([KVM], new Set(['fd_kvm']))).toEqual([]);
  expect(groups([KVM, { ...KVM, id: 'fd_new' }], new Set(['fd_kvm']))).toHaveLength(1);
});

test('any order of findings gives the same groups', () => {
  const any = fc.record({
    family: fc.constantFrom(...FAMILIES),
    severity: fc.constantFrom(...SEVERITIES),
    scope: fc.constantFrom('contractor' as const, 'place' as const),
    contractors: fc.uniqueArray(fc.constantFrom('ada', 'ben', 'cy', 'dee'), { minLength: 1, maxLength: 3 }),
    from: fc.integer({ min: 1, max: 28 }).map(day),
    to: fc.option(fc.integer({ min: 1, max: 28 }).map(day)),
  });
  fc.assert(
    fc.property(
      fc.array(any, { maxLength: 12 }),
      fc.array(fc.nat(), { minLength: 12, maxLength: 12 }),
      (all, keys) => {
        const findings = all.map((one, index) => findingWith({ id: `fd_${index}`, ...one }));
        const shuffled = findings
          .map((finding, index) => [keys[index] ?? 0, finding] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, finding]) => finding);
        expect(groups(shuffled)).toEqual(groups(findings));
      },
    ),
    { numRuns: 300 },
  );
});

function opened(findings: readonly Finding[]): Case {
  const [first] = caseChanges(groups(findings), [], day(16));
  if (!first) throw new Error('no case');
  return first;
}

test('a case is named by the finding that opened it and keeps its name as it grows', () => {
  const before = opened([KVM]);
  expect(before).toMatchObject({ id: 'case_kvm', status: 'new', standing: true, openedAt: day(16) });
  expect(caseChanges(groups([KVM, TOOL]), [before], NOW)).toEqual([
    { ...before, findings: ['fd_kvm', 'fd_tool'], updatedAt: NOW },
  ]);
});

test('a case to which nothing new came is left alone', () => {
  expect(caseChanges(groups([KVM]), [opened([KVM])], NOW)).toEqual([]);
});

test('when a place joins two cases the older one goes on and the younger one points to it', () => {
  const ada = opened([KVM]);
  const ben = { ...opened([{ ...KVM, id: 'fd_ben', contractors: ['ben'] }]), openedAt: day(17) };
  const place = findingWith({ id: 'fd_p', scope: 'place', severity: 'high', contractors: ['ada', 'ben'] });
  const changes = caseChanges(
    groups([KVM, { ...KVM, id: 'fd_ben', contractors: ['ben'] }, place]),
    [ben, ada],
    NOW,
  );
  expect(changes).toMatchObject([
    { id: 'case_kvm', contractors: ['ada', 'ben'], findings: ['fd_ben', 'fd_kvm', 'fd_p'] },
    { id: 'case_ben', status: 'merged', mergedInto: 'case_kvm' },
  ]);
});

test('a case that nobody looked at dissolves with its reason, and comes back with it', () => {
  const [gone] = caseChanges([], [opened([KVM])], NOW);
  expect(gone).toMatchObject({ id: 'case_kvm', status: 'dissolved', standing: false });
  expect(caseChanges(groups([KVM]), gone ? [gone] : [], NOW)).toMatchObject([
    { id: 'case_kvm', status: 'new', standing: true },
  ]);
});

test('a case under investigation is never taken from the analyst: it only stops standing', () => {
  const working: Case = { ...opened([KVM]), status: 'investigating' };
  expect(caseChanges([], [working], NOW)).toMatchObject([{ status: 'investigating', standing: false }]);
});

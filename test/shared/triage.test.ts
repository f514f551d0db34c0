import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  DECISIONS,
  type Step,
  TRIAGE_STATUSES,
  type TriageChange,
  triaged,
  triageOf,
  UNTOUCHED,
} from '../../shared/triage.ts';

const AT = '2026-03-02T14:00:00.000Z';
const ADA = { by: 'ada@example.com', at: AT };

const changes = fc.record(
  {
    assign: fc.constantFrom(null, 'ada@example.com', 'ben@example.com'),
    status: fc.constantFrom(...TRIAGE_STATUSES),
    decision: fc.constantFrom(...DECISIONS),
    reason: fc.constantFrom('asked the help desk', 'seen on the call'),
    note: fc.string({ minLength: 1, maxLength: 40 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<TriageChange>;

function through(all: readonly TriageChange[]) {
  let triage = UNTOUCHED;
  const steps: Step[] = [];
  const notes: string[] = [];
  for (const change of all) {
    const result = triaged(triage, change, ADA);
    if (result.did !== 'something') continue;
    expect(result.triage.version).toBe(triage.version + 1);
    triage = result.triage;
    steps.push(result.step);
    if (change.note !== undefined) notes.push(change.note);
  }
  return { triage, steps, notes };
}

test('no change loses a note, versions only grow, and the history adds up to where the work stands', () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 20 }), (all) => {
      const { triage, steps, notes } = through(all);
      expect(steps.flatMap(({ note }) => note ?? [])).toEqual(notes);
      expect(steps.map(({ version }) => version)).toEqual(steps.map((_, index) => index + 1));
      expect(triageOf(steps)).toEqual(triage);
    }),
  );
});

test('what is resolved has a decision with a reason, and nothing else has', () => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 20 }), (all) => {
      const { triage } = through(all);
      const decided = triage.decision !== undefined && triage.reason !== undefined;
      expect(decided).toBe(triage.status === 'resolved');
    }),
  );
});

test('taking on what is new begins the investigation', () => {
  const result = triaged(UNTOUCHED, { assign: 'ada@example.com' }, ADA);
  expect(result).toMatchObject({
    triage: { status: 'investigating', assignee: 'ada@example.com', version: 1 },
  });
});

test.each([
  [{ status: 'resolved' }, 'decision'],
  [{ decision: 'benign' }, 'reason'],
  [{ reason: 'so' }, 'reason'],
  [{ status: 'new', decision: 'benign', reason: 'so' }, 'decision'],
] as const)('%j is refused', (change, field) => {
  expect(triaged(UNTOUCHED, change, ADA)).toMatchObject({
    did: 'refused',
    reason: expect.stringContaining(field),
  });
});

test('asking for what is so already does nothing', () => {
  expect(triaged(UNTOUCHED, { status: 'new', assign: null }, ADA)).toEqual({ did: 'nothing' });
});

test('a decision taken back leaves the time of it, until the next decision', () => {
  const { triage } = through([{ decision: 'benign', reason: 'agreed' }, { status: 'investigating' }]);
  expect(triage).toEqual({ version: 2, status: 'investigating', assignee: null, reopenedAt: AT });
  const again = triaged(triage, { decision: 'confirmed', reason: 'not agreed' }, ADA);
  expect(again).toMatchObject({ triage: { decision: 'confirmed' } });
  expect(again).not.toHaveProperty('triage.reopenedAt');
});

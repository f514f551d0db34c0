import { describe, expect, it } from 'vitest';
import { companyOf } from '../../../server/detect/company.ts';
import type { Visit } from '../../../server/detect/timeline.ts';
import { HOUR, MINUTE } from '../../../shared/time.ts';

const NOW = '2026-03-02T18:00:00.000Z';
const visit = (contractor: string, from: string, to?: string): Visit => ({
  span: `${contractor} ${from}`,
  contractor,
  endpoint: `laptop-${contractor}`,
  from: `2026-03-02T${from}:00.000Z`,
  ...(to === undefined ? {} : { to: `2026-03-02T${to}:00.000Z` }),
  networkClass: 'unknown',
});
const who = ({ contractor }: Visit) => contractor;

describe('companyOf', () => {
  it('adds up the time in which at least two were there', () => {
    const visits = [
      visit('ada', '09:00', '12:00'),
      visit('bob', '11:00', '14:00'),
      visit('eve', '11:30', '11:45'),
      visit('ada', '13:30', '15:00'),
    ];
    expect(companyOf(visits.toReversed(), NOW, who)).toEqual({
      how: 'together',
      togetherMs: HOUR + 30 * MINUTE,
      period: { from: '2026-03-02T11:00:00.000Z', to: '2026-03-02T14:00:00.000Z' },
    });
  });

  it('goes on while two are there', () => {
    const company = companyOf([visit('ada', '09:00'), visit('bob', '17:00')], NOW, who);
    expect(company).toEqual({
      how: 'together',
      togetherMs: HOUR,
      period: { from: '2026-03-02T17:00:00.000Z' },
    });
  });

  it.each([
    ['one after the other', [visit('ada', '09:00', '12:00'), visit('bob', '12:00', '14:00')]],
    ['one for no time at all', [visit('ada', '09:00', '12:00'), visit('bob', '10:00', '10:00')]],
  ])('is in turn for %s', (_, visits) => {
    expect(companyOf(visits, NOW, who)).toEqual({ how: 'in turn', togetherMs: 0 });
  });

  it('is alone for one visitor with two machines, and for a household', () => {
    const visits = [visit('ada', '09:00', '12:00'), visit('ada', '10:00', '14:00'), visit('bob', '11:00')];
    expect(companyOf(visits.slice(0, 2), NOW, who).how).toBe('alone');
    expect(companyOf(visits, NOW, () => 'elm-street').how).toBe('alone');
  });
});

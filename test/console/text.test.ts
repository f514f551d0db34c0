import { beforeAll, expect, test } from 'vitest';
import { workHoursText } from '../../server/console/text/declaration-text.ts';
import { comparisons } from '../../server/console/text/observed-text.ts';
import { agoText, lengthText, offsetText, sameAsReader } from '../../server/console/text/time-text.ts';
import type { SpanView } from '../../shared/api.ts';
import type { Fact } from '../../shared/facts.ts';
import { DAY, HOUR, instant, MINUTE, SECOND } from '../../shared/time.ts';
import { visibleText } from '../../shared/visible-text.ts';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

test('characters that reorder or hide text are written out, ordinary letters are not touched', () => {
  expect(visibleText('a\u202Egpj.exe\u0000')).toBe('a‹U+202E›gpj.exe‹U+0000›');
  expect(visibleText('سلام\u200Cها <b>é')).toBe('سلام\u200Cها <b>é');
});

test('an age is told in its largest unit, and a clock that runs ahead counts as now', () => {
  const now = Date.parse('2026-03-02T16:00:00.000Z');
  const ages = [-HOUR, SECOND, 40 * SECOND, 59 * MINUTE, 3 * HOUR + 59 * MINUTE, 2 * DAY];
  expect(ages.map((age) => agoText(instant(now - age), now))).toEqual([
    'now',
    'now',
    '40 s ago',
    '59 min ago',
    '3 h ago',
    '2 d ago',
  ]);
});

test('a length is told in two units', () => {
  expect([-5, 59 * SECOND, 61 * MINUTE, 120 * MINUTE, 28 * HOUR].map(lengthText)).toEqual([
    '0 s',
    '59 s',
    '1 h 1 min',
    '2 h',
    '1 d 4 h',
  ]);
});

test('offsets are signed and padded', () => {
  expect([0, 330, -210].map(offsetText)).toEqual(['UTC+00:00', 'UTC+05:30', 'UTC−03:30']);
});

test('a zone that keeps the same time as the reader needs no second clock', () => {
  expect(sameAsReader('Africa/Abidjan', '2026-03-02T16:00:00.000Z')).toBe(true);
  expect(sameAsReader('Europe/London', '2026-07-02T16:00:00.000Z')).toBe(false);
});

test('work hours gather runs of days and name a shift that ends on the next day', () => {
  expect(workHoursText({ days: ['fri', 'mon', 'tue', 'wed'], from: '09:00', to: '17:00' })).toBe(
    'Mon–Wed, Fri 09:00–17:00',
  );
  expect(workHoursText({ days: ['sat', 'sun'], from: '22:00', to: '06:00' })).toBe(
    'Sat, Sun 22:00–06:00 (next day)',
  );
});

test('what was declared stands beside what the evidence shows, and each thing once', () => {
  const german: Fact = { kind: 'egress', ip: '203.0.113.9', country: 'DE', networkClass: 'vpn' };
  const rows = comparisons({ countries: ['US'], approvedVpns: [] }, [spanOf(german), spanOf(german)]);
  expect(rows).toEqual([
    { label: 'Countries', declared: 'United States (US)', observed: ['Germany (DE)'] },
    { label: 'Home', declared: undefined, observed: ['DE'] },
    { label: 'Approved VPNs', declared: 'none', observed: ['203.0.113.9 (VPN address)'] },
    { label: 'Shared site', declared: undefined, observed: ['203.0.113.9'] },
  ]);
});

test('a machine stands beside those that were issued, by the beginning of its hash', () => {
  const platform: Fact = {
    ...{ kind: 'platform', os: 'linux', name: 'Debian', version: '13', arch: 'x64' },
    ...{ serial: 'f9e8d7c6b5a4938271605f4e3d2c1b0a', bootedAt: '2026-03-02T14:00:00.000Z' },
  };
  const declared = { issuedSerials: ['0a1b2c3d4e5f60718293a4b5c6d7e8f9'], flexibleHours: true };
  expect(comparisons(declared, [spanOf(platform)])).toEqual([
    { label: 'Flexible hours', declared: 'yes', observed: [] },
    {
      label: 'Issued machines',
      declared: expect.stringContaining('0a1b2c'),
      observed: [expect.stringContaining('f9e8d7')],
    },
    { label: 'Virtual machine', declared: undefined, observed: ['no'] },
  ]);
});

function spanOf(fact: Fact): SpanView {
  return {
    id: '1',
    endpoint: 'laptop-1',
    contractor: 'ada',
    kind: fact.kind,
    source: 'collector',
    from: '2026-03-02T14:00:00.000Z',
    to: null,
    fact,
  };
}

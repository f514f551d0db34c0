import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Range, rangeOf, spelledBits } from '../../../server/intel/bits.ts';
import { prefixTable } from '../../../server/intel/prefix-table.ts';
import { inNetwork } from '../../../shared/ip.ts';

// A corner of each family, so that ranges meet and lie within each other.
const v4 = fc.integer({ min: 0, max: 255 }).map((last) => `192.0.2.${last}`);
const v6 = fc.integer({ min: 0, max: 255 }).map((last) => `2001:db8::${last.toString(16)}`);
const cidr = fc.oneof(
  fc.tuple(v4, fc.integer({ min: 24, max: 32 })),
  fc.tuple(v6, fc.integer({ min: 118, max: 128 })),
);

test('the narrowest range that holds an address gives the value, of equal ones the later', () => {
  fc.assert(
    fc.property(fc.array(cidr, { maxLength: 20 }), fc.oneof(v4, v6), (cidrs, ip) => {
      const entries = cidrs.map(([start, length], at) => ({
        text: `${start}/${length}`,
        length,
        value: `v${at}`,
      }));
      const holding = entries.filter(({ text }) => inNetwork(ip, text));
      const length = Math.max(...holding.map((entry) => entry.length));
      const expected = holding.findLast((entry) => entry.length === length)?.value;
      const table = prefixTable(entries.map(({ text, value }) => ({ range: range(text), value })));
      expect(table.find(spelledBits(ip)!)).toBe(expected);
    }),
  );
});

test('the ends of the address space are held like any other', () => {
  const table = prefixTable(
    ['0.0.0.0/0', '255.255.255.255/32', '::/0'].map((text) => ({ range: range(text), value: text })),
  );
  const find = (ip: string) => table.find(spelledBits(ip)!);
  expect(['0.0.0.0', '255.255.255.254', '255.255.255.255'].map(find)).toEqual([
    '0.0.0.0/0',
    '0.0.0.0/0',
    '255.255.255.255/32',
  ]);
  expect([find('::'), find('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')]).toEqual(['::/0', '::/0']);
  expect(prefixTable([]).find(spelledBits('192.0.2.1')!)).toBeUndefined();
});

test.each([
  '192.0.2.0',
  '192.0.2.0/33',
  '192.0.2.0/24/1',
  '192.0.2.0/',
  '/24',
  '::ffff:192.0.2.0/120',
  'fe80::%1/64',
])('%s is no range', (text) => {
  expect(rangeOf(text)).toBeUndefined();
});

function range(text: string): Range {
  return rangeOf(text)!;
}

import { expect, test } from 'vitest';
import { spelledBits } from '../../../server/intel/bits.ts';
import { networkListOf } from '../../../server/intel/network-list.ts';

const has = (list: ReturnType<typeof networkListOf>, ip: string) => list.has(spelledBits(ip)!);

test('a list of ranges holds ranges and addresses of both families; comments and empty lines are nothing', () => {
  const text = '\uFEFF# made by hand\r\n\r\n192.0.2.0/25 # half\r\n198.51.100.7\r\n2001:db8:1::/48 ; v6\r\n';
  const list = networkListOf(text, 'cidr');
  expect(list).toMatchObject({ entries: 3, skipped: { count: 0, first: [] } });
  const ips = [
    '192.0.2.127',
    '192.0.2.128',
    '198.51.100.7',
    '198.51.100.8',
    '2001:db8:1::9',
    '2001:db8:2::9',
  ];
  expect(ips.map((ip) => has(list, ip))).toEqual([true, false, true, false, true, false]);
});

test('the Tor list holds addresses only', () => {
  const list = networkListOf('192.0.2.7\n198.51.100.0/24\n', 'tor');
  expect(list).toMatchObject({ entries: 1, skipped: { count: 1, first: ['line 2: 198.51.100.0/24'] } });
  expect([has(list, '192.0.2.7'), has(list, '198.51.100.1')]).toEqual([true, false]);
});

test("Apple's list is read by its first column", () => {
  const list = networkListOf(
    '192.0.2.32/27,GB,GB-ENG,London,\n2001:db8::/45,US,US-IL,Chicago,\n',
    'apple-relay',
  );
  expect([has(list, '192.0.2.33'), has(list, '192.0.2.1'), has(list, '2001:db8::1')]).toEqual([
    true,
    false,
    true,
  ]);
});

test('rubbish is counted, the first of it named by its line, and nothing of it counts', () => {
  const rubbish = [
    '<html>',
    '192.0.2.0/33',
    '0.0.0.0/0',
    '::/0',
    '010.0.0.1',
    'x\u001b[31m',
    '::ffff:192.0.2.0/120',
  ];
  const list = networkListOf(['192.0.2.7', ...rubbish].join('\n'), 'cidr');
  expect(list.entries).toBe(1);
  expect(list.skipped).toEqual({
    count: 7,
    first: [
      'line 2: <html>',
      'line 3: 192.0.2.0/33',
      'line 4: 0.0.0.0/0',
      'line 5: ::/0',
      'line 6: 010.0.0.1',
    ],
  });
  expect(has(list, '203.0.113.1')).toBe(false);
});

test('a file without one line that can be understood is refused', () => {
  for (const text of ['', '# nothing\n', '<html><body>404</body></html>'])
    expect(() => networkListOf(text, 'cidr')).toThrow(SyntaxError);
});

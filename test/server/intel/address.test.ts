import { expect, test } from 'vitest';
import { addressOf } from '../../../server/intel/address.ts';
import { normalIp } from '../../../shared/ip.ts';

test.each([
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['::FFFF:c000:0201', '192.0.2.1'],
  ['2001:DB8:0:0::0001', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['192.0.2.1', '192.0.2.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['255.255.255.255', '255.255.255.255'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
])('%s is spelled %s', (text, spelled) => {
  expect(normalIp(text)).toBe(spelled);
  expect(addressOf(text)?.ip).toBe(spelled);
});

test.each([
  '',
  '1',
  '0x7f.1',
  '192.0.2',
  '192.0.2.256',
  '192.0.2.1.1',
  '192.0.2.01',
  '192.0..1',
  '192.0.2.1.',
  ' 192.0.2.1',
  '192.0.2.1:443',
  '192.0.2.0/24',
  '-1.0.2.1',
  '١.0.2.1',
  '[2001:db8::1]',
  '2001:db8::1::',
  '2001:db8::g',
  ':ffff',
  'example.com',
])('"%s" is not taken for an address', (text) => {
  expect(addressOf(text)).toBeUndefined();
  expect(normalIp(text)).toBeUndefined();
});

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '169.254.1.1',
  '172.16.0.1',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.7',
  '203.0.113.9',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  'fe80::1',
  'fd00::1',
  'ff02::1',
  '2001:db8::1',
  '3fff::1',
  '64:ff9b::c000:201',
  '2002:c000:201::1',
  '2001:0:1::1',
  '::ffff:10.0.0.1',
])('%s is not public', (ip) => {
  expect(addressOf(ip)?.scope).not.toBe('public');
});

test.each(['1.1.1.1', '18.7.22.69', '100.128.0.1', '172.32.0.1', '2001:4860:4860::8888', '2a01:4f8::1'])(
  '%s is public',
  (ip) => {
    expect(addressOf(ip)?.scope).toBe('public');
  },
);

test.each([
  ['10.0.0.1', 'private'],
  ['fd00::1', 'private'],
  ['100.64.0.1', 'shared'],
  ['127.0.0.1', 'loopback'],
  ['fe80::1%eth0', 'link-local'],
  ['203.0.113.5', 'documentation'],
  ['2001:DB8::1', 'documentation'],
  ['2002:c000:201::1', 'translated'],
  ['240.0.0.1', 'reserved'],
  ['4000::1', 'reserved'],
])('%s is %s', (ip, scope) => {
  expect(addressOf(ip)?.scope).toBe(scope);
});

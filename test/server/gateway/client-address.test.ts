import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddressOf } from '../../../server/gateway/client-address.ts';

type Asked = Pick<IncomingMessage, 'socket' | 'headers'>;

function from(remoteAddress: string, forwarded?: string): Asked {
  return {
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as Asked;
}

test.each([
  ['the socket tells where nothing is forwarded', from('::ffff:198.51.100.7'), [], '198.51.100.7'],
  [
    'a header that no proxy wrote is ignored',
    from('198.51.100.7', '203.0.113.9'),
    ['192.0.2.1'],
    '198.51.100.7',
  ],
  ['a configured proxy is believed', from('192.0.2.1', '203.0.113.9'), ['192.0.2.1'], '203.0.113.9'],
  [
    'what the client wrote before the proxy is not',
    from('192.0.2.1', '198.51.100.1, 203.0.113.9'),
    ['192.0.2.1'],
    '203.0.113.9',
  ],
  [
    'proxies in a row are passed over',
    from('192.0.2.1', '203.0.113.9, 192.0.2.77'),
    ['192.0.2.0/24'],
    '203.0.113.9',
  ],
  [
    'text that is no address ends the search',
    from('192.0.2.1', '203.0.113.9, <script>'),
    ['192.0.2.1'],
    '192.0.2.1',
  ],
  [
    'IPv6 proxies are compared as addresses',
    from('2001:DB8:0::1', '2001:db8:5::9'),
    ['2001:db8::1'],
    '2001:db8:5::9',
  ],
])('%s', (_, request, proxies, address) => {
  expect(clientAddressOf(request, proxies)).toBe(address);
});

import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type ClientAddressOptions,
  clientAddresses,
  UNKNOWN_ADDRESS,
} from '../../../server/gateway/client-address.ts';
import { normalIp } from '../../../shared/ip.ts';
import { testLog } from '../../support/test-log.ts';

type Asked = Pick<IncomingMessage, 'socket' | 'headers'>;
type Proxies = Pick<ClientAddressOptions, 'trustedProxies' | 'forwardedHeader'>;

const PROXY = '192.0.2.1';

function from(remoteAddress: string, headers: IncomingMessage['headers'] = {}): Asked {
  return { socket: { remoteAddress }, headers } as Asked;
}

function addresses(trustedProxies: readonly string[], forwardedHeader: Proxies['forwardedHeader']) {
  const { log, lines } = testLog();
  return { lines, ...clientAddresses({ trustedProxies: [...trustedProxies], forwardedHeader, log }) };
}

test.each([
  ['the socket tells where nothing is forwarded', '::ffff:198.51.100.7', undefined, [], '198.51.100.7'],
  ['a header that no proxy wrote is ignored', '198.51.100.7', '203.0.113.9', [PROXY], '198.51.100.7'],
  ['a configured proxy is believed', PROXY, '203.0.113.9', [PROXY], '203.0.113.9'],
  ['a port beside the address is left out', PROXY, '203.0.113.9:4711', [PROXY], '203.0.113.9'],
  ['what the client wrote is not', PROXY, '198.51.100.1, 203.0.113.9', [PROXY], '203.0.113.9'],
  ['proxies in a row are passed over', PROXY, '203.0.113.9, 192.0.2.77', ['192.0.2.0/24'], '203.0.113.9'],
  ['text that is no address ends the search', PROXY, '203.0.113.9, <script>', [PROXY], UNKNOWN_ADDRESS],
  ['a proxy that says nothing speaks for nobody known', PROXY, undefined, [PROXY], UNKNOWN_ADDRESS],
  ['IPv6 is compared as addresses', '2001:DB8:0::1', '2001:db8:5::9', ['2001:db8::1'], '2001:db8:5::9'],
])('X-Forwarded-For: %s', (_, socket, header, proxies, address) => {
  const headers = header === undefined ? {} : { 'x-forwarded-for': header };
  expect(addresses(proxies, 'X-Forwarded-For').of(from(socket, headers))).toBe(address);
});

test.each([
  ['a configured proxy is believed', 'for=203.0.113.9;proto=https;by=192.0.2.1', '203.0.113.9'],
  ['names are read in any letter case', 'Proto=https; FOR="203.0.113.9:4711"', '203.0.113.9'],
  ['IPv6 stands in brackets and quotes', 'for="[2001:db8:5::9]:4711"', '2001:db8:5::9'],
  ['escaped characters are unescaped', 'for="203\\.0.113.9"', '203.0.113.9'],
  ['what the client wrote is not', 'for=198.51.100.1, for=203.0.113.9', '203.0.113.9'],
  ['an unclosed quote of the client swallows nothing', 'for="198.51.100.1, for=203.0.113.9', '203.0.113.9'],
  ['a separator inside of quotes is text', 'for=203.0.113.9;secret="a,b;for=198.51.100.1"', '203.0.113.9'],
  ['proxies in a row are passed over', 'for=203.0.113.9, for=192.0.2.1', '203.0.113.9'],
  ['an obfuscated hop hides who is behind it', 'for=203.0.113.9, for=_gazonk', UNKNOWN_ADDRESS],
  ['so does one that is unknown', 'for=203.0.113.9, for=unknown', UNKNOWN_ADDRESS],
  ['a hop without an address hides it too', 'for=203.0.113.9, proto=https', UNKNOWN_ADDRESS],
  ['two addresses for one hop are none', 'for=203.0.113.9;for=198.51.100.1', UNKNOWN_ADDRESS],
])('Forwarded: %s', (_, forwarded, address) => {
  expect(addresses([PROXY], 'Forwarded').of(from(PROXY, { forwarded }))).toBe(address);
});

test('of the two headers, the one that proxies were not said to write counts for nothing', () => {
  const headers = { forwarded: 'for=198.51.100.1', 'x-forwarded-for': '203.0.113.9' };
  expect(addresses([PROXY], 'X-Forwarded-For').of(from(PROXY, headers))).toBe('203.0.113.9');
  expect(addresses([PROXY], 'Forwarded').of(from(PROXY, headers))).toBe('198.51.100.1');
});

test('forged headers are counted each time, and told once for each address', () => {
  const { of, ignored, lines } = addresses([PROXY], 'X-Forwarded-For');
  for (const socket of ['198.51.100.7', '198.51.100.7', '198.51.100.8'])
    of(from(socket, { 'x-forwarded-for': '203.0.113.9' }));
  of(from('198.51.100.9'));
  expect(ignored()).toBe(3);
  expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
    ['warn', { ip: '198.51.100.7' }],
    ['warn', { ip: '198.51.100.8' }],
  ]);
});

test('without TLS only this machine and configured proxies may speak', () => {
  const { refusal } = addresses([PROXY], 'X-Forwarded-For');
  expect(refusal(from('127.0.0.1'))).toBeUndefined();
  expect(refusal(from('::1'))).toBeUndefined();
  expect(refusal(from(PROXY))).toBeUndefined();
  expect(refusal(from('198.51.100.7'))).toMatchObject({ code: 'PLAIN_CONNECTION' });
});

/** Pieces that headers are made of, so that nonsense comes close to sense. */
const nearHeader = fc
  .array(
    fc.oneof(
      fc.constantFrom('for=', 'For="', '"', '\\', ',', ';', '[', ']', ':', '_x', 'unknown', PROXY, ' '),
      fc.ipV4(),
      fc.ipV6(),
      fc.string({ maxLength: 8 }),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

test.each(['X-Forwarded-For', 'Forwarded'] as const)(
  '%s: nonsense never throws, and never passes for a proxy',
  (forwardedHeader) => {
    const { of } = addresses(['192.0.2.0/24'], forwardedHeader);
    fc.assert(
      fc.property(nearHeader, (text) => {
        const address = of(from(PROXY, { [forwardedHeader.toLowerCase()]: text }));
        expect(normalIp(address)).toBe(address);
        expect(address).not.toMatch(/^192\.0\.2\./);
      }),
      { numRuns: 500 },
    );
  },
);

test('what a client writes before its proxy changes nothing', () => {
  const { of } = addresses([PROXY], 'Forwarded');
  fc.assert(
    fc.property(nearHeader, (text) => {
      expect(of(from(PROXY, { forwarded: `${text}, for=203.0.113.9` }))).toBe('203.0.113.9');
    }),
    { numRuns: 500 },
  );
});

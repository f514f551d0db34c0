import { beforeAll, expect, test } from 'vitest';
import { factText, healthText, placeText } from '../../server/console/text/fact-text.ts';
import { NETWORK_LABELS } from '../../server/console/text/labels.ts';
import { FACT_KIND_LABELS } from '../../shared/fact-kinds.ts';
import { FACT_KINDS, type Fact } from '../../shared/facts.ts';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

const AT = '2026-03-02T14:00:00.000Z';
const HASH = '0123456789abcdef0123456789abcdef';

const SAID: readonly (readonly [Fact, string])[] = [
  [
    {
      kind: 'tool',
      tool: 'anydesk',
      category: 'remote-access',
      state: 'running',
      signs: [{ by: 'process', name: 'anydesk' }],
    },
    'AnyDesk running (process anydesk)',
  ],
  [
    {
      kind: 'tool',
      tool: 'unlisted',
      category: 'vpn',
      state: 'installed',
      version: '2.1',
      unattended: true,
      signs: ['a', 'b', 'c', 'd'].map((name) => ({ by: 'path', name })),
    },
    'unlisted 2.1 installed (path a, path b, path c, 1 more) · VPN · unattended access is set up',
  ],
  [{ kind: 'listener', proto: 'tcp', port: 3389, scope: 'any' }, 'Listens on TCP 3389 on every address'],
  [
    { kind: 'listener', proto: 'udp', port: 7070, scope: 'lan', tool: 'anydesk' },
    'Listens on UDP 7070 on the local network · AnyDesk',
  ],
  [
    {
      kind: 'session',
      user: 'ada',
      method: 'rdp',
      from: '203.0.113.9',
      startedAt: AT,
      clientName: 'HOME-PC',
    },
    'RDP session of ada from 203.0.113.9 (client HOME-PC), since Mar 2, 14:00',
  ],
  [
    { kind: 'control', tool: 'anydesk', peer: '203.0.113.9', relayed: true },
    'Desktop under remote control by AnyDesk from 203.0.113.9, through a relay',
  ],
  [{ kind: 'control', tool: 'anydesk' }, 'Desktop under remote control by AnyDesk, peer unknown'],
  [
    { kind: 'tunnel', interface: 'wg0', type: 'wireguard', routes: 'full', dns: true },
    'WireGuard tunnel wg0 up, carries all traffic and DNS',
  ],
  [
    { kind: 'proxy', scheme: 'socks', host: 'loopback', port: 1080 },
    'SOCKS proxy on the machine itself, port 1080',
  ],
  [
    { kind: 'network', interface: 'wlan0', gateway: HASH, medium: 'wireless', prefix: '192.168.1.0/24' },
    'Wireless network on wlan0 · 192.168.1.0/24 · gateway 01234567',
  ],
  [
    { kind: 'clock', timezone: 'America/Chicago', utcOffsetMinutes: -360, synchronized: false },
    'Clock set to America/Chicago (UTC−06:00), not synchronized',
  ],
  [
    {
      kind: 'platform',
      os: 'windows',
      name: 'Windows 11 Pro',
      version: '24H2',
      arch: 'x64',
      chassis: 'laptop',
      virtual: 'KVM',
      bootedAt: AT,
    },
    'Windows 11 Pro 24H2 · x64 · laptop · virtual machine (KVM) · booted Mar 2, 14:00',
  ],
  [
    {
      kind: 'peripheral',
      vendorId: '1d6b',
      productId: '0104',
      confidence: 'shape',
      interfaces: ['boot-keyboard', 'absolute-pointer'],
    },
    'USB device (1d6b:0104) · only the shape matches · boot keyboard, absolute pointer',
  ],
  [
    { kind: 'display', manufacturer: 'GSM', model: 'HDR 4K', widthMm: 600, heightMm: 340, serial: HASH },
    'Monitor GSM HDR 4K · 600 × 340 mm · serial 01234567',
  ],
  [
    { kind: 'activity', hour: AT, local: 2, remote: 44, locked: 0 },
    '14:00 hour: 2 min local input, 44 min remote, 0 min locked',
  ],
  [
    { kind: 'suspend', from: AT, until: '2026-03-02T15:30:00.000Z' },
    'Slept from Mar 2, 14:00 to Mar 2, 15:30',
  ],
  [
    {
      kind: 'agent',
      version: '0.1.0',
      catalog: '2026.11.22',
      policy: 'default',
      boot: 'b',
      probes: { tools: 'ok', sessions: 'denied' },
    },
    'Agent 0.1.0, catalog 2026.11.22, policy default · 1 probe ok, 1 denied (sessions)',
  ],
  [
    {
      kind: 'agent',
      version: '0.1.0',
      catalog: '2026.11.22',
      policy: 'default',
      boot: 'b',
      probes: { tools: 'ok' },
      budget: { over: 'cpu', slowed: 4 },
    },
    'Agent 0.1.0, catalog 2026.11.22, policy default · 1 probe ok · above its ceiling of CPU, looks up to 4 times less often',
  ],
  [
    {
      kind: 'egress',
      ip: '198.51.100.7',
      country: 'US',
      city: 'Chicago',
      radiusKm: 25,
      asn: 64500,
      org: 'Example',
      networkClass: 'residential',
    },
    'Egress 198.51.100.7 · Chicago, US ±25 km · AS64500 Example · residential',
  ],
  [
    {
      kind: 'peer',
      ip: '203.0.113.40',
      by: 'control',
      country: 'PL',
      disputed: true,
      networkClass: 'hosting',
    },
    'Peer 203.0.113.40 of a remote control · PL · country disputed · hosting',
  ],
  [
    { kind: 'egress', ip: '2001:db8::1', networkClass: 'unknown' },
    'Egress 2001:db8::1 · place unknown · network class unknown',
  ],
  [
    { kind: 'egress', ip: '198.51.100.9', country: 'US', networkClass: 'residential', via: 'mirror' },
    'Egress 198.51.100.9, seen by a mirror · US · residential',
  ],
  [
    { kind: 'sighting', via: 'socket', ip: '203.0.113.4', networkClass: 'corporate' },
    `Also seen at 203.0.113.4 by the collector · place unknown · ${NETWORK_LABELS.corporate}`,
  ],
  [
    { kind: 'disruption', cause: 'clock-step', byMs: 3_600_000 },
    "The agent's record was disrupted: the clock was set, by 3,600 s",
  ],
  [{ kind: 'presence', connection: 'c1' }, 'Connected to the collector'],
  [{ kind: 'presence', connection: 'c1', reason: 'timeout' }, 'Connected; closed: timeout'],
  [
    { kind: 'latency', hour: AT, minMs: 8.25, medianMs: 31.4, count: 60, handshakeMs: 90 },
    '14:00 hour: 8.3 ms least, 31 ms median of 60 round trips, handshake 90 ms',
  ],
  [
    { kind: 'gap', epoch: HASH, first: 3, last: 9, cause: 'spool-overflow' },
    'Observations 3–9 missing: the spool overflowed',
  ],
  [
    { kind: 'sign-in', id: 'x', provider: 'Example ID', app: 'Mail', ip: '192.0.2.4', result: 'failure' },
    'Sign-in to Mail by Example ID from 192.0.2.4: failure',
  ],
];

test.each(SAID)('says $kind in words', (fact, words) => {
  expect(factText(fact)).toBe(words);
});

test('every kind of fact has words and a heading', () => {
  expect(new Set(SAID.map(([{ kind }]) => kind))).toEqual(new Set(FACT_KINDS));
  expect(FACT_KIND_LABELS.map(([kind]) => kind).toSorted()).toEqual(FACT_KINDS.toSorted());
});

test('a place without any name is not made up', () => {
  expect(
    placeText({ kind: 'egress', ip: '192.0.2.1', radiusKm: 5, networkClass: 'unknown' }),
  ).toBeUndefined();
});

test('probe health names every probe that does not see', () => {
  expect(healthText({ a: 'ok', b: 'ok', c: 'failed', d: 'unsupported', e: 'failed' })).toBe(
    '2 probes ok, 2 failed (c, e), 1 unsupported (d)',
  );
});

import { expect, test } from 'vitest';
import type { Host } from '../../../agent/host/host.ts';
import { controlProbe } from '../../../agent/probes/control.ts';
import { displayProbe } from '../../../agent/probes/display.ts';
import { PROBES } from '../../../agent/probes/index.ts';
import { listenerProbe } from '../../../agent/probes/listener.ts';
import { networkProbe } from '../../../agent/probes/network.ts';
import { peripheralProbe } from '../../../agent/probes/peripheral.ts';
import { platformProbe } from '../../../agent/probes/platform.ts';
import type { ProbeContext } from '../../../agent/probes/probe.ts';
import { runProbe } from '../../../agent/probes/run-probe.ts';
import { sessionProbe } from '../../../agent/probes/session.ts';
import { toolProbe } from '../../../agent/probes/tool.ts';
import { tunnelProbe } from '../../../agent/probes/tunnel.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf } from '../../../shared/catalog/match.ts';
import { CodedError } from '../../../shared/errors.ts';
import { fixture, macMachine } from '../host/mac-machine.ts';
import { contextOf, emptyTree, factsOf, keyedHash } from '../world.ts';

/** The real catalog, so that its names are compared with what a Mac shows. */
const matcher = matcherOf(CATALOG, 'macos');

function on(host: Host): ProbeContext {
  return contextOf(host, { matcher });
}

const sharing = `${fixture('laptop', 'tcp')}tcp4       0      0  192.0.2.10.5900        203.0.113.50.50000     ESTABLISHED\n`;

test('every probe runs, and nothing that it tells is left out', async () => {
  const { host } = macMachine();
  for (const probe of PROBES) {
    const outcome = await runProbe(probe, on(host));
    expect(outcome, probe.name).toMatchObject({ health: 'ok', leftOut: [] });
  }
});

test('watched programs are told by process, receipt and bundle, and programs without a record are not', async () => {
  await using tree = await emptyTree();
  await tree.write('Applications/AnyDesk.app/Contents/Info.plist', '');
  const facts = await factsOf(toolProbe, on(macMachine({ root: tree.root }).host));
  expect(facts).toContainEqual({
    kind: 'tool',
    tool: 'anydesk',
    state: 'installed',
    category: 'remote-access',
    signs: [
      { by: 'package', name: 'com.philandro.anydesk' },
      { by: 'path', name: '/Applications/AnyDesk.app' },
    ],
  });
  expect(facts.map((fact) => (fact.kind === 'tool' ? `${fact.tool} ${fact.state}` : '')).sort()).toEqual([
    'anydesk installed',
    'anydesk running',
    'apple-screen-sharing running',
  ]);
  expect(JSON.stringify(facts)).not.toMatch(/example|loginwindow|CLTools/i);
});

test('Screen Sharing that is switched on is installed and starts alone', async () => {
  const facts = await factsOf(toolProbe, on(macMachine({ isRoot: false }).host));
  expect(facts).toContainEqual({
    kind: 'tool',
    tool: 'apple-screen-sharing',
    state: 'installed',
    category: 'remote-access',
    signs: [{ by: 'service', name: 'com.apple.screensharing' }],
    unattended: true,
  });
});

test('watched ports are told with the program behind them', async () => {
  expect(await factsOf(listenerProbe, on(macMachine().host))).toEqual([
    { kind: 'listener', proto: 'tcp', port: 5900, scope: 'any', tool: 'apple-screen-sharing' },
    { kind: 'listener', proto: 'tcp', port: 7070, scope: 'any', tool: 'anydesk' },
    { kind: 'listener', proto: 'tcp', port: 3389, scope: 'lan' },
  ]);
});

test('who shares the screen is a session with its address and control by that product', async () => {
  const context = on(macMachine({ prints: { tcp: sharing } }).host);
  expect(await factsOf(sessionProbe, context)).toContainEqual({
    kind: 'session',
    user: 'ada',
    method: 'screen-sharing',
    from: '203.0.113.50',
    startedAt: '2026-03-02T15:30:00.123Z',
  });
  expect(await factsOf(controlProbe, context)).toEqual([
    { kind: 'control', tool: 'apple-screen-sharing', peer: '203.0.113.50', relayed: false },
  ]);
});

test('sessions are denied, not empty, while somebody shares the screen and the log may not be read', async () => {
  const { host } = macMachine({ isAdmin: false, prints: { tcp: sharing } });
  expect((await runProbe(sessionProbe, on(host))).health).toBe('denied');
});

test('a Mac without a VPN has no tunnel', async () => {
  expect(await factsOf(tunnelProbe, on(macMachine().host))).toEqual([]);
});

test('a default route through a utun is a full tunnel, and the network below is still told', async () => {
  const context = on(macMachine({ state: 'vpn-full' }).host);
  expect(await factsOf(tunnelProbe, context)).toEqual([
    { kind: 'tunnel', interface: 'utun4', type: 'tun', routes: 'full', dns: true },
  ]);
  expect(await factsOf(networkProbe, context)).toEqual([
    {
      kind: 'network',
      interface: 'en0',
      gateway: keyedHash('gateway 00:00:5e:00:53:01'),
      medium: 'wireless',
      prefix: '192.0.2.0/24',
    },
  ]);
});

test('two halves are a full tunnel, and a network of ZeroTier a split one', async () => {
  expect(await factsOf(tunnelProbe, on(macMachine({ state: 'vpn-halves' }).host))).toEqual([
    { kind: 'tunnel', interface: 'utun4', type: 'tun', routes: 'full', dns: false },
    { kind: 'tunnel', interface: 'feth100', type: 'tap', tool: 'zerotier', routes: 'split', dns: false },
  ]);
});

test('a device that is keyboard, jumping pointer and disk at once is told by its shape', async () => {
  const [fact, ...others] = await factsOf(peripheralProbe, on(macMachine().host));
  expect(others).toEqual([]);
  expect(fact).toMatchObject({
    kind: 'peripheral',
    vendorId: '1d6b',
    confidence: 'shape',
    serial: keyedHash('usb 1d6b 0104 EX123'),
    interfaces: ['absolute-pointer', 'boot-keyboard', 'storage'],
  });
});

test('an external monitor is told, the panel is not', async () => {
  expect(await factsOf(displayProbe, on(macMachine().host))).toEqual([
    {
      kind: 'display',
      manufacturer: 'EXA',
      model: 'EX2720 Exampl',
      serial: keyedHash('monitor EXA 4660 EXSER0042'),
      widthMm: 0,
      heightMm: 0,
    },
  ]);
});

test('the serial number leaves as a hash only', async () => {
  const [fact] = await factsOf(platformProbe, on(macMachine().host));
  expect(fact).toMatchObject({ os: 'macos', chassis: 'laptop', serial: keyedHash('serial EXMAC00042') });
});

test('one program that fails stops its own probe alone', async () => {
  const { host } = macMachine({
    prints: { udp: new CodedError('PROBE_FAILED', { reason: 'did not end in time' }) },
  });
  expect((await runProbe(listenerProbe, on(host))).health).toBe('failed');
  expect((await runProbe(tunnelProbe, on(host))).health).toBe('ok');
  expect((await runProbe(toolProbe, on(host))).health).toBe('ok');
});

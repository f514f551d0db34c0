import { expect, test } from 'vitest';
import type { Connection, Host, Listener, RunningProcess } from '../../../agent/host/host.ts';
import { controlProbe } from '../../../agent/probes/control.ts';
import { CATALOG as SHIPPED } from '../../../shared/catalog/index.ts';
import { matcherOf } from '../../../shared/catalog/match.ts';
import { CATALOG, contextOf, factsOf, recorded, toolOf } from '../world.ts';

const matcher = matcherOf(
  {
    ...CATALOG,
    tools: [
      toolOf('far-vnc', { linux: { processes: ['far-vnc'] }, listenPorts: [5900] }),
      toolOf('far-rdp', { linux: { processes: ['far-rdp'] }, listenPorts: [3389] }),
      toolOf('far-other', { linux: { processes: ['far-other'] }, listenPorts: [5901, 7070] }),
      toolOf('far-relay', { linux: { processes: ['far-relay'], sessionProcesses: ['far-session'] } }),
      toolOf('far-vpn', { category: 'vpn', linux: { processes: ['far-vpn'] } }),
      toolOf('far-viewer', { direction: 'outbound', linux: { processes: ['far-viewer'] } }),
    ],
  },
  'linux',
);

interface Scene {
  readonly running: readonly string[];
  /** Port, and the program that listens; null where the owner may not be known. */
  readonly listening?: readonly (readonly [number, string | null])[];
  /** Local port, far end, and the program. */
  readonly connected?: readonly (readonly [number, string, string | null])[];
}

/** What a host would say of this scene. */
async function controls({ running, listening = [], connected = [] }: Scene) {
  const processes = running.map((name, pid): RunningProcess => ({ pid, names: [name] }));
  const owners = new Map<string, string | null>();
  const listeners = listening.map(([port, owner], index): Listener => {
    owners.set(`l${index}`, owner);
    return { proto: 'tcp', address: '0.0.0.0', port, socket: `l${index}` };
  });
  const connections = connected.map(([port, peer, owner], index): Connection => {
    owners.set(`c${index}`, owner);
    return { address: '192.0.2.1', port, peer, peerPort: 50_000, socket: `c${index}` };
  });
  const host: Host = {
    ...recorded('laptop'),
    processes: async () => processes,
    listeners: async () => listeners,
    connections: async () => connections,
    ownersOf: async (sockets) =>
      new Map(
        sockets.flatMap((one) => {
          const owner = processes.find(({ names }) => names.includes(owners.get(one.socket) ?? ''));
          return owner ? [[one, owner] as const] : [];
        }),
      ),
  };
  return factsOf(controlProbe, contextOf(host, { matcher }));
}

const direct = (tool: string, peer: string) => ({ kind: 'control', tool, peer, relayed: false });

test('a connection to the port on which a product listens is control from the far end', async () => {
  const scene: Scene = {
    running: ['far-vnc'],
    listening: [[15_900, 'far-vnc']],
    connected: [[15_900, '203.0.113.9', 'far-vnc']],
  };
  expect(await controls(scene)).toEqual([direct('far-vnc', '203.0.113.9')]);
});

test('two people in one product are two controls', async () => {
  const scene: Scene = {
    running: ['far-rdp'],
    listening: [[3389, 'far-rdp']],
    connected: [
      [3389, '203.0.113.9', 'far-rdp'],
      [3389, '2001:db8::7', 'far-rdp'],
    ],
  };
  expect(await controls(scene)).toEqual([direct('far-rdp', '203.0.113.9'), direct('far-rdp', '2001:db8::7')]);
});

test('a product that listens without a guest controls nothing', async () => {
  expect(await controls({ running: ['far-vnc'], listening: [[5900, 'far-vnc']] })).toEqual([]);
});

test('connections that a product makes outward, to its relay or elsewhere, are no control', async () => {
  const scene: Scene = {
    running: ['far-relay', 'far-vnc'],
    connected: [
      [41_000, '198.51.100.3', 'far-relay'],
      [41_001, '198.51.100.4', 'far-vnc'],
    ],
  };
  expect(await controls(scene)).toEqual([]);
});

test('a program that runs during a session only is relayed control without a peer', async () => {
  const scene: Scene = {
    running: ['far-relay', 'far-session'],
    connected: [[41_000, '198.51.100.3', 'far-relay']],
  };
  expect(await controls(scene)).toEqual([{ kind: 'control', tool: 'far-relay', relayed: true }]);
});

test('parts of a product that speak to each other inside the machine are no control', async () => {
  const scene: Scene = {
    running: ['far-relay'],
    listening: [[45_000, 'far-relay']],
    connected: [[45_000, '127.0.0.1', 'far-relay']],
  };
  expect(await controls(scene)).toEqual([]);
});

test('a viewer through a tunnel that ends in this machine is control', async () => {
  const scene: Scene = {
    running: ['far-vnc'],
    listening: [[5901, 'far-vnc']],
    connected: [[5901, '127.0.0.1', 'far-vnc']],
  };
  expect(await controls(scene)).toEqual([direct('far-vnc', '127.0.0.1')]);
});

test('without the right to see owners, the port of the only product it can be tells', async () => {
  const scene: Scene = {
    running: ['far-vnc', 'far-rdp'],
    listening: [[5902, null]],
    connected: [[5902, '203.0.113.9', null]],
  };
  expect(await controls(scene)).toEqual([direct('far-vnc', '203.0.113.9')]);
});

test('without the right to see owners, two products on one port are a missing right and not silence', async () => {
  const scene: Scene = {
    running: ['far-vnc', 'far-other'],
    listening: [[5900, null]],
    connected: [[5900, '203.0.113.9', null]],
  };
  await expect(controls(scene)).rejects.toMatchObject({ code: 'PROBE_DENIED' });
});

test('another program on the port of a product is not this product', async () => {
  const scene: Scene = {
    running: ['far-vnc', 'something'],
    listening: [[5900, 'something']],
    connected: [[5900, '203.0.113.9', 'something']],
  };
  expect(await controls(scene)).toEqual([]);
});

test('a server that stopped to listen once its guest was in is still control', async () => {
  const scene: Scene = { running: ['far-vnc'], connected: [[5900, '203.0.113.9', 'far-vnc']] };
  expect(await controls(scene)).toEqual([direct('far-vnc', '203.0.113.9')]);
});

test('VPN clients and mere viewers control nothing', async () => {
  const scene: Scene = {
    running: ['far-vpn', 'far-viewer'],
    listening: [
      [1194, 'far-vpn'],
      [5500, 'far-viewer'],
    ],
    connected: [
      [1194, '203.0.113.9', 'far-vpn'],
      [5500, '203.0.113.9', 'far-viewer'],
    ],
  };
  expect(await controls(scene)).toEqual([]);
});

test('the program that TeamViewer runs on Linux during a session is known, also by the name that the kernel cuts off', () => {
  const linux = matcherOf(SHIPPED, 'linux');
  const products = (name: string) => linux.match('session-process', name).map(({ tool }) => tool.id);
  expect(products('TeamViewer_Desktop')).toEqual(['teamviewer']);
  expect(products('TeamViewer_Desk')).toEqual(['teamviewer']);
  expect(products('teamviewerd')).toEqual([]);
});

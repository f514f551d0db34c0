import type { Matcher } from '../../shared/catalog/match.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { Listener, RunningProcess } from '../host/host.ts';
import { isLocalNetwork, isLoopback } from './addresses.ts';
import type { Probe } from './probe.ts';
import { recognize } from './recognize.ts';

export const listenerProbe: Probe = {
  name: 'listener',
  kinds: ['listener'],
  everySeconds: 10,
  timeoutMs: 10_000,
  reads:
    'Which network ports of this machine are open to others, compared with a published list of ports of remote-desktop products; for those on the list, which listed program opened it.',
  never:
    'Other ports, ports that only this machine itself can reach, and the data that goes through are never reported.',
  needs:
    'Which program opened a port of another account is seen only with the rights of the system administrator.',
  async run({ host, matcher }) {
    const open = (await host.listeners()).filter(
      ({ proto, address, port }) => !isLoopback(address) && matcher.port(proto, port) !== undefined,
    );
    const owners = await host.ownersOf(open);
    const byPort = Map.groupBy(open, ({ proto, port }) => `${proto} ${port}`);
    return [...byPort.values()].flatMap((sockets) => factOf(sockets, owners, matcher) ?? []);
  },
};

function factOf(
  sockets: readonly Listener[],
  owners: ReadonlyMap<Listener, RunningProcess>,
  matcher: Matcher,
): FactOf<'listener'> | undefined {
  const [first] = sockets;
  if (!first) return undefined;
  const tool = sockets.map((socket) => toolOf(owners.get(socket), matcher)).find((id) => id !== undefined);
  return {
    kind: 'listener',
    proto: first.proto,
    port: first.port,
    scope: sockets.every(({ address }) => isLocalNetwork(address)) ? 'lan' : 'any',
    ...(tool ? { tool } : {}),
  };
}

function toolOf(owner: RunningProcess | undefined, matcher: Matcher): string | undefined {
  if (!owner) return undefined;
  return recognize(matcher, owner).find(({ weak }) => !weak)?.tool.id;
}

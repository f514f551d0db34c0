import type { FactOf } from '../../shared/facts.ts';
import { MINUTE } from '../../shared/time.ts';
import type { Host, NetworkInterface, Route } from '../host/host.ts';
import { contains } from './addresses.ts';
import type { Probe } from './probe.ts';
import { isSharedMac } from './shared-mac.ts';

type Network = FactOf<'network'>;

export const networkProbe: Probe = {
  name: 'network',
  kinds: ['network'],
  everySeconds: 30,
  timeoutMs: 5_000,
  reads:
    'Through which network interface this machine reaches the internet, wired or wireless, its local address range, and the hardware address of the router as a hash that means nothing outside your organization.',
  never:
    'Names and passwords of Wi-Fi networks, other devices nearby, and the traffic itself are never reported.',
  async run({ host, keyedHash }) {
    const interfaces = await host.interfaces();
    const { list } = await host.routes();
    const macOf = await gatewayMacs(host);
    return interfaces.flatMap((one): Network[] => {
      const route = one.up && MEDIA[one.kind] ? defaultRouteOf(one, list) : undefined;
      if (!route) return [];
      const mac = macOf(route);
      const prefix = prefixOf(route, list);
      return [
        {
          kind: 'network',
          interface: one.name,
          ...(mac && !isSharedMac(mac) ? { gateway: keyedHash(`gateway ${mac}`) } : {}),
          medium: MEDIA[one.kind] ?? 'unknown',
          ...(prefix ? { prefix } : {}),
        },
      ];
    });
  },
};

/** What is missing here is a tunnel, and told by the probe for tunnels. */
const MEDIA: Partial<Record<NetworkInterface['kind'], Network['medium']>> = {
  ethernet: 'wired',
  wireless: 'wireless',
  cellular: 'cellular',
  virtual: 'virtual',
};

function defaultRouteOf({ name }: NetworkInterface, routes: readonly Route[]): Route | undefined {
  return routes
    .filter((route) => route.interface === name && route.prefixLength === 0)
    .sort((a, b) => a.family - b.family || a.metric - b.metric)[0];
}

/** The narrowest network on the link that holds the gateway. */
function prefixOf(route: Route, routes: readonly Route[]): string | undefined {
  const { gateway } = route;
  if (!gateway) return undefined;
  const [found] = routes
    .filter((other) => other.interface === route.interface && !other.gateway && other.prefixLength > 0)
    .filter(
      ({ family, destination, prefixLength }) =>
        family === route.family && contains(destination, prefixLength, gateway),
    )
    .sort((a, b) => b.prefixLength - a.prefixLength);
  return found && `${found.destination}/${found.prefixLength}`;
}

/** The system forgets a neighbor for a moment now and then; without memory, the gateway would seem to go and come. */
const REMEMBER_MS = 2 * MINUTE;
const remembered = new WeakMap<Host, ReadonlyMap<string, { readonly mac: string; readonly at: number }>>();

async function gatewayMacs(host: Host): Promise<(route: Route) => string | undefined> {
  const now = host.mono();
  const before = [...(remembered.get(host) ?? [])].filter(([, { at }]) => now - at < REMEMBER_MS);
  const fresh = (await host.neighbors()).map(
    ({ interface: name, ip, mac }) => [`${name} ${ip}`, { mac, at: now }] as const,
  );
  const known = new Map([...before, ...fresh]);
  remembered.set(host, known);
  return (route) => known.get(`${route.interface} ${route.gateway}`)?.mac;
}

import { isIP } from 'node:net';
import type { FactOf } from '../../shared/facts.ts';
import type { Host, SystemProxy } from '../host/host.ts';
import { isLocalNetwork, isLoopback } from './addresses.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { recognize } from './recognize.ts';

type Proxy = FactOf<'proxy'>;

export const proxyProbe: Probe = {
  name: 'proxy',
  kinds: ['proxy'],
  everySeconds: 60,
  timeoutMs: 10_000,
  reads:
    'Whether the settings of this machine send connections through a proxy: whether it is on this machine, in the local network or outside, its port, and which listed program serves it here.',
  never: 'The name, address and password of the proxy, and what goes through it, are never reported.',
  async run({ host, matcher }) {
    const proxies = await host.proxies();
    const facts: Proxy[] = [];
    for (const proxy of proxies) {
      const where = classOf(proxy.host);
      const tool = where === 'loopback' ? await toolAt(host, matcher, proxy) : undefined;
      facts.push({
        kind: 'proxy',
        scheme: proxy.scheme,
        host: where,
        port: proxy.port,
        ...(tool ? { tool } : {}),
      });
    }
    return facts;
  },
};

/** Names are not looked up: one without a dot, or below a name that is never public (RFC 6762, 8375, 9476), is of the local network. */
function classOf(text: string): Proxy['host'] {
  const host = text.toLowerCase().replace(/\.$/, '');
  if (isIP(host)) return isLoopback(host) ? 'loopback' : isLocalNetwork(host) ? 'lan' : 'public';
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  return !host.includes('.') || /\.(?:local|internal|home\.arpa|lan)$/.test(host) ? 'lan' : 'public';
}

async function toolAt(
  host: Host,
  matcher: ProbeContext['matcher'],
  { port }: SystemProxy,
): Promise<string | undefined> {
  const listeners = (await host.listeners()).filter((one) => one.proto === 'tcp' && one.port === port);
  const owners = [...(await host.ownersOf(listeners)).values()];
  return owners.flatMap((owner) => recognize(matcher, owner)).find(({ weak }) => !weak)?.tool.id;
}

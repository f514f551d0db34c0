import type { NameServer, Neighbor, NetworkInterface } from '../host.ts';
import { canonicalIp } from './addresses.ts';
import { type Files, ifAllowed } from './files.ts';
import { keysOf } from './keys.ts';

const MAX_INTERFACES = 500;
const UP = 0x1;
const TUN = 0x1;
const TAP = 0x2;
/** linux/if_arp.h */
const ARPHRD = {
  ppp: 512,
  rawIp: 519,
  tunnel: 768,
  tunnel6: 769,
  loopback: 772,
  sit: 776,
  gre: 778,
  gre6: 823,
  none: 65534,
};
const PLAIN_TUNNELS: readonly number[] = [ARPHRD.tunnel, ARPHRD.tunnel6, ARPHRD.sit, ARPHRD.gre, ARPHRD.gre6];

export async function readInterfaces(files: Files): Promise<readonly NetworkInterface[]> {
  const names = ((await files.list('/sys/class/net')) ?? []).slice(0, MAX_INTERFACES);
  const found: NetworkInterface[] = [];
  for (const name of names) {
    const one = await readInterface(files, name);
    if (one) found.push(one);
  }
  return found;
}

async function readInterface(files: Files, name: string): Promise<NetworkInterface | undefined> {
  const folder = `/sys/class/net/${name}`;
  const uevent = await files.text(`${folder}/uevent`);
  // bonding_masters is a file among the folders; an interface may go while it is read.
  if (uevent === undefined) return undefined;
  const keys = keysOf(uevent);
  const kind = kindOf({
    devtype: keys.get('DEVTYPE') ?? '',
    type: Number(await files.text(`${folder}/type`)),
    tunFlags: Number((await files.text(`${folder}/tun_flags`)) ?? 0),
    hasDevice: await files.exists(`${folder}/device`),
    hasWireless: await files.exists(`${folder}/wireless`),
    // By this socket `wg` speaks to WireGuard outside the kernel, whose interface is a plain tun.
    hasWireguard: (await ifAllowed(files.exists(`/run/wireguard/${name}.sock`))) ?? false,
  });
  return {
    name,
    index: Number(keys.get('IFINDEX') ?? 0),
    up: (Number(await files.text(`${folder}/flags`)) & UP) !== 0,
    kind,
    enslaved: await files.exists(`${folder}/master`),
  };
}

interface Marks {
  readonly devtype: string;
  readonly type: number;
  readonly tunFlags: number;
  readonly hasDevice: boolean;
  readonly hasWireless: boolean;
  readonly hasWireguard: boolean;
}

function kindOf({
  devtype,
  type,
  tunFlags,
  hasDevice,
  hasWireless,
  hasWireguard,
}: Marks): NetworkInterface['kind'] {
  if (type === ARPHRD.loopback) return 'loopback';
  if (devtype === 'wireguard' || hasWireguard) return 'wireguard';
  if (devtype.startsWith('ovpn')) return 'openvpn';
  if (tunFlags & TUN) return 'tun';
  if (tunFlags & TAP) return 'tap';
  if (devtype === 'wwan' || type === ARPHRD.rawIp) return 'cellular';
  if (type === ARPHRD.ppp) return 'ppp';
  if (PLAIN_TUNNELS.includes(type)) return 'tunnel';
  // What else has no link layer is an xfrm interface, or a modem when there is hardware below.
  if (type === ARPHRD.none) return hasDevice ? 'cellular' : 'ipsec';
  if (devtype === 'wlan' || hasWireless) return 'wireless';
  return hasDevice ? 'ethernet' : 'virtual';
}

/** `/proc/net/arp`: a title line, then address, hardware type, flags, hardware address, mask, device. */
export async function readNeighbors(files: Files): Promise<readonly Neighbor[]> {
  const table = (await files.text('/proc/net/arp')) ?? '';
  return table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [ip = '', , , mac = '', , device = ''] = line.trim().split(/\s+/);
      const known = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac) && mac !== '00:00:00:00:00:00';
      return known ? [{ ip, mac: mac.toLowerCase(), interface: device }] : [];
    });
}

/** Servers of `/etc/resolv.conf`, and those that systemd-resolved was told for single interfaces. */
export async function readNameServers(files: Files): Promise<readonly NameServer[]> {
  const general = [...((await files.text('/etc/resolv.conf')) ?? '').matchAll(/^\s*nameserver\s+(\S+)/gm)];
  const found: NameServer[] = general.flatMap(([, text = '']) => {
    const ip = canonicalIp(text);
    return ip ? [{ ip }] : [];
  });
  const folder = '/run/systemd/resolve/netif';
  for (const name of (await files.list(folder)) ?? []) {
    if (!/^\d+$/.test(name)) continue;
    const servers = keysOf((await files.text(`${folder}/${name}`)) ?? '').get('SERVERS') ?? '';
    for (const text of servers.split(' ')) {
      const ip = canonicalIp(text.replace(/#.*$/, ''));
      if (ip) found.push({ ip, interfaceIndex: Number(name) });
    }
  }
  return found;
}

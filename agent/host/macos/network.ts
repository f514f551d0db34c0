import type { NameServer, Neighbor, NetworkInterface, Route, SystemProxy } from '../host.ts';
import { canonicalIp } from '../linux/addresses.ts';
import { knownLines, linesOf, unreadable } from './reading.ts';

type Kind = NetworkInterface['kind'];

/** The system's names; the digit at the end counts. */
const KINDS: readonly (readonly [RegExp, Kind])[] = [
  [/^lo\d/, 'loopback'],
  [/^(?:utun|tun)\d/, 'tun'],
  // What ZeroTier uses in place of a tap.
  [/^(?:tap|feth)\d/, 'tap'],
  [/^ipsec\d/, 'ipsec'],
  [/^ppp\d/, 'ppp'],
  [/^(?:gif|stf)\d/, 'tunnel'],
  [/^pdp_ip\d/, 'cellular'],
  [/^en\d/, 'ethernet'],
];
/** Kinds of which every Mac has some that carry nothing. */
const OFTEN_IDLE: readonly Kind[] = ['tun', 'tap', 'ipsec'];

/**
 * `ifconfig -av`. An interface without a name of a known kind is `virtual`, and so is a tunnel that carries nothing: one without an
 * IPv4 address, without a default route and without half of one.
 */
export function interfacesIn(text: string, routes: readonly Route[]): readonly NetworkInterface[] {
  const blocks = blocksOf(linesOf(text));
  if (blocks.length === 0) throw unreadable('no interface');
  const members = new Set(blocks.flatMap(({ lines }) => lines.flatMap((line) => memberIn(line) ?? [])));
  const winners = new Set(
    routes.filter(({ prefixLength }) => prefixLength <= 1).map((route) => route.interface),
  );
  return blocks.map(({ name, flags, index, lines }) => {
    const kind = kindOf(name, lines);
    const isIdle =
      OFTEN_IDLE.includes(kind) && !winners.has(name) && !lines.some((line) => /^\tinet \d/.test(line));
    return {
      name,
      index: index ?? scopeIn(lines) ?? 0,
      up: flags.split(',').includes('UP'),
      kind: isIdle ? 'virtual' : kind,
      enslaved: members.has(name),
    };
  });
}

interface Block {
  readonly name: string;
  readonly flags: string;
  readonly index?: number;
  readonly lines: readonly string[];
}

/** `en0: flags=8863<UP,BROADCAST> mtu 1500 index 4`, then lines that begin with a tab. */
function blocksOf(lines: readonly string[]): readonly Block[] {
  const starts = lines.flatMap((line, at) => (/^\S+: flags=/.test(line) ? [at] : []));
  return starts.map((at, order) => {
    const [, name = '', flags = '', index] =
      /^(\S+): flags=[0-9a-f]+<([^>]*)>(?:.* index (\d+))?/.exec(lines[at] ?? '') ?? [];
    const own = lines.slice(at + 1, starts[order + 1]);
    return { name, flags, ...(index ? { index: Number(index) } : {}), lines: own };
  });
}

function kindOf(name: string, lines: readonly string[]): Kind {
  const kind = KINDS.find(([pattern]) => pattern.test(name))?.[1] ?? 'virtual';
  return kind === 'ethernet' && lines.some((line) => line.trim() === 'type: Wi-Fi') ? 'wireless' : kind;
}

function memberIn(line: string): string | undefined {
  return /^\tmember: (\S+) /.exec(line)?.[1];
}

function scopeIn(lines: readonly string[]): number | undefined {
  const scope = lines.map((line) => /^\tinet6 .* scopeid 0x([0-9a-f]+)/.exec(line)?.[1]).find(Boolean);
  return scope ? Number.parseInt(scope, 16) : undefined;
}

/** `? (192.0.2.1) at 0:0:5e:0:53:1 on en0 ifscope [ethernet]`, without leading zeros; `(incomplete)` for the unknown. */
export function neighborsIn(text: string): readonly Neighbor[] {
  return knownLines(linesOf(text), (line) => {
    const [, ip, written, name] = /^\S+ \((\S+)\) at (\S+) on (\S+)/.exec(line) ?? [];
    return ip && written && name ? { ip, written, interface: name } : undefined;
  }).flatMap(({ ip, written, interface: name }) => {
    const octets = written.split(':').map((octet) => octet.padStart(2, '0').toLowerCase());
    const isMac = octets.length === 6 && octets.every((octet) => /^[0-9a-f]{2}$/.test(octet));
    const isGroup = (Number.parseInt(octets[0] ?? '', 16) & 1) !== 0;
    return isMac && !isGroup ? [{ ip, mac: octets.join(':'), interface: name }] : [];
  });
}

/** The first part of `scutil --dns`; the second one is for programs that bind themselves to one interface. */
export function nameServersIn(text: string): readonly NameServer[] {
  const lines = linesOf(text);
  // Without a network, or so new that nothing is set, it says so in one line.
  if (!lines.some((line) => /DNS configuration/.test(line))) throw unreadable('no DNS configuration');
  const second = lines.findIndex((line) => line.startsWith('DNS configuration (for scoped'));
  const found = new Map<string, NameServer>();
  let ips: string[] = [];
  for (const line of [...lines.slice(0, second === -1 ? undefined : second), 'resolver end']) {
    const [, written = ''] = /^\s+nameserver\[\d+\] : (\S+)/.exec(line) ?? [];
    const [, index] = /^\s+if_index : (\d+)/.exec(line) ?? [];
    const ip = canonicalIp(written);
    if (ip) ips.push(ip);
    if (index)
      for (const own of ips) found.set(`${own} ${index}`, { ip: own, interfaceIndex: Number(index) });
    else if (line.startsWith('resolver')) for (const own of ips) found.set(own, { ip: own });
    if (index || line.startsWith('resolver')) ips = [];
  }
  return [...found.values()];
}

const SCHEMES = [
  ['HTTP', 'http'],
  ['HTTPS', 'https'],
  ['SOCKS', 'socks'],
] as const;

/** `scutil --proxy`: a dictionary of lines such as `HTTPEnable : 1`, as the current network has it. */
export function proxiesIn(text: string): readonly SystemProxy[] {
  const lines = linesOf(text);
  if (!lines[0]?.startsWith('<dictionary> {')) throw unreadable('no dictionary');
  const keys = new Map(
    lines.flatMap((line) => {
      const [, key = '', value = ''] = /^ {2}(\w+) : (.*)$/.exec(line) ?? [];
      return key ? [[key, value.trim()] as const] : [];
    }),
  );
  const found: SystemProxy[] = [];
  for (const [key, scheme] of SCHEMES) {
    const [host, port] = [keys.get(`${key}Proxy`), Number(keys.get(`${key}Port`))];
    if (keys.get(`${key}Enable`) === '1' && host && port > 0) found.push({ scheme, host, port });
  }
  const script =
    keys.get('ProxyAutoConfigEnable') === '1' ? URL.parse(keys.get('ProxyAutoConfigURLString') ?? '') : null;
  if (script?.hostname) {
    const port = Number(script.port) || (script.protocol === 'https:' ? 443 : 80);
    found.push({ scheme: 'pac', host: script.hostname.replace(/^\[|\]$/g, ''), port });
  }
  return found;
}

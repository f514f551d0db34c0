import type { Fact, FactOf, ProbeHealth } from '../../../shared/facts.ts';
import { CATEGORY_LABELS, GAP_LABELS, NETWORK_LABELS, plural, shortHash, toolName } from './labels.ts';
import { dateTime, offsetText, shortTime } from './time-text.ts';

type Whereabouts = FactOf<'egress'> | FactOf<'sighting'> | FactOf<'peer'>;

/** One line that says what a fact tells, for people. Its values come from endpoints: show it as text only. */
export function factText(fact: Fact): string {
  switch (fact.kind) {
    case 'tool':
      return toolText(fact);
    case 'listener':
      return listenerText(fact);
    case 'session':
      return sessionText(fact);
    case 'control':
      return controlText(fact);
    case 'tunnel':
      return tunnelText(fact);
    case 'proxy':
      return `${PROXY_LABELS[fact.scheme]} proxy on ${HOST_LABELS[fact.host]}, port ${fact.port}${via(fact.tool)}`;
    case 'network':
      return networkText(fact);
    case 'clock':
      return clockText(fact);
    case 'platform':
      return platformText(fact);
    case 'peripheral':
      return peripheralText(fact);
    case 'display':
      return displayText(fact);
    case 'activity':
      return `${shortTime(fact.hour)} hour: ${fact.local} min local input, ${fact.remote} min remote, ${fact.locked} min locked`;
    case 'suspend':
      return `Slept from ${dateTime(fact.from)} to ${dateTime(fact.until)}`;
    case 'disruption':
      return disruptionText(fact);
    case 'agent':
      return agentText(fact);
    case 'egress':
    case 'sighting':
    case 'peer':
      return egressText(fact);
    case 'presence':
      return fact.reason ? `Connected; closed: ${fact.reason}` : 'Connected to the collector';
    case 'latency':
      return latencyText(fact);
    case 'gap':
      return gapText(fact);
    case 'sign-in':
      return `Sign-in to ${fact.app} by ${fact.provider} from ${fact.ip}: ${fact.result}`;
  }
}

/** Where an egress address is thought to be: `Chicago, US ±25 km`. Undefined where nothing is known. */
export function placeText({ city, region, country, radiusKm }: Whereabouts): string | undefined {
  const place = [city ?? region, country].filter((part) => part !== undefined).join(', ');
  if (!place) return undefined;
  return radiusKm === undefined ? place : `${place} ±${Math.round(radiusKm).toLocaleString('en-US')} km`;
}

function toolText({ tool, state, category, version, signs, unattended }: FactOf<'tool'>): string {
  const seen = signs.slice(0, 3).map(({ by, name }) => `${by} ${name}`);
  const more = signs.length > 3 ? [`${signs.length - 3} more`] : [];
  const name = version ? `${toolName(tool)} ${version}` : toolName(tool);
  const signed = seen.length === 0 ? '' : ` (${[...seen, ...more].join(', ')})`;
  const note = unattended ? ' · unattended access is set up' : '';
  const sort = category === 'remote-access' ? '' : ` · ${CATEGORY_LABELS[category]}`;
  return `${name} ${state}${signed}${sort}${note}`;
}

function listenerText({ proto, port, scope, tool }: FactOf<'listener'>): string {
  const reach = scope === 'any' ? 'on every address' : 'on the local network';
  return `Listens on ${proto.toUpperCase()} ${port} ${reach}${via(tool)}`;
}

function sessionText({ user, method, from, clientName, startedAt }: FactOf<'session'>): string {
  const origin = from ? ` from ${from}` : '';
  const client = clientName ? ` (client ${clientName})` : '';
  return `${SESSION_LABELS[method]} of ${user}${origin}${client}, since ${dateTime(startedAt)}`;
}

function controlText({ tool, peer, relayed }: FactOf<'control'>): string {
  const whom = peer ? ` from ${peer}` : ', peer unknown';
  return `Desktop under remote control by ${toolName(tool)}${whom}${relayed ? ', through a relay' : ''}`;
}

function tunnelText({ interface: name, type, tool, routes, dns }: FactOf<'tunnel'>): string {
  const carries = { full: 'carries all traffic', split: 'carries some traffic', none: 'carries no routes' }[
    routes
  ];
  return `${TUNNEL_LABELS[type]} ${name} up, ${carries}${dns ? ' and DNS' : ''}${via(tool)}`;
}

function networkText({ interface: name, medium, prefix, gateway, accessPoint }: FactOf<'network'>): string {
  const label = medium === 'unknown' ? 'Network' : `${medium[0]?.toUpperCase()}${medium.slice(1)} network`;
  const parts = [
    prefix,
    gateway && `gateway ${shortHash(gateway)}`,
    accessPoint && `access point ${shortHash(accessPoint)}`,
  ].filter((part) => part !== undefined);
  return [`${label} on ${name}`, ...parts].join(' · ');
}

function clockText({ timezone, utcOffsetMinutes, synchronized }: FactOf<'clock'>): string {
  const kept = synchronized === undefined ? '' : synchronized ? ', synchronized' : ', not synchronized';
  return `Clock set to ${timezone} (${offsetText(utcOffsetMinutes)})${kept}`;
}

function platformText({ name, version, arch, chassis, virtual, bootedAt }: FactOf<'platform'>): string {
  const parts = [
    `${name} ${version}`.trim(),
    arch,
    chassis,
    virtual && `virtual machine (${virtual})`,
    `booted ${dateTime(bootedAt)}`,
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function peripheralText({ match, confidence, vendor, product, ...rest }: FactOf<'peripheral'>): string {
  const said = [vendor, product].filter((part) => part !== undefined).join(' ');
  const id = `${rest.vendorId}:${rest.productId}`;
  const sure = { exact: 'exact match', preset: 'default strings match', shape: 'only the shape matches' }[
    confidence
  ];
  const name = match
    ? `${toolName(match)} (${said || 'no strings'}, ${id})`
    : `${said || 'USB device'} (${id})`;
  const faces = rest.interfaces.map((face) => face.replace('-', ' ')).join(', ');
  return [name, sure, faces].filter((part) => part !== '').join(' · ');
}

function displayText({ manufacturer, model, match, widthMm, heightMm, serial }: FactOf<'display'>): string {
  const size = widthMm > 0 && heightMm > 0 ? `${widthMm} × ${heightMm} mm` : 'no size given';
  const known = match && `matches ${toolName(match)}`;
  const number = serial && `serial ${shortHash(serial)}`;
  const parts = [`Monitor ${manufacturer} ${model}`.trim(), known, size, number];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function disruptionText({ cause, byMs }: FactOf<'disruption'>): string {
  const by = byMs === undefined ? '' : `, by ${(byMs / 1_000).toLocaleString('en-US')} s`;
  return `The agent's record was disrupted: ${GAP_LABELS[cause]}${by}`;
}

function agentText({ version, catalog, policy, probes, budget }: FactOf<'agent'>): string {
  const text = `Agent ${version}, catalog ${catalog}, policy ${policy} · ${healthText(probes)}`;
  if (!budget) return text;
  const what = budget.over === 'both' ? 'CPU and memory' : { cpu: 'CPU', memory: 'memory' }[budget.over];
  return `${text} · above its ceiling of ${what}, looks up to ${budget.slowed} times less often`;
}

/** `9 probes ok, 1 denied (session)`. */
export function healthText(probes: Readonly<Record<string, ProbeHealth>>): string {
  const entries = Object.entries(probes);
  const named = (wanted: ProbeHealth) => entries.filter(([, is]) => is === wanted).map(([probe]) => probe);
  const troubled = (['denied', 'failed', 'unsupported'] as const).flatMap((health) => {
    const names = named(health);
    return names.length === 0 ? [] : [`${names.length} ${health} (${names.join(', ')})`];
  });
  return [`${plural(named('ok').length, 'probe')} ok`, ...troubled].join(', ');
}

const PEER_LABELS = { session: 'login session', control: 'remote control' } as const;

function headOf(fact: Whereabouts): string {
  if (fact.kind === 'peer') return `Peer ${fact.ip} of a ${PEER_LABELS[fact.by]}`;
  if (fact.kind === 'sighting')
    return `Also seen at ${fact.ip} by ${fact.via === 'mirror' ? 'a mirror' : 'the collector'}`;
  return `Egress ${fact.ip}${fact.via === 'mirror' ? ', seen by a mirror' : ''}`;
}

function egressText(fact: Whereabouts): string {
  const network =
    fact.asn === undefined
      ? fact.org
      : [`AS${fact.asn}`, fact.org].filter((part) => part !== undefined).join(' ');
  const parts = [
    headOf(fact),
    placeText(fact) ?? 'place unknown',
    fact.disputed ? 'country disputed' : undefined,
    network,
    NETWORK_LABELS[fact.networkClass],
  ];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function latencyText({ hour, minMs, medianMs, count, handshakeMs }: FactOf<'latency'>): string {
  const shake = handshakeMs === undefined ? '' : `, handshake ${ms(handshakeMs)}`;
  return `${shortTime(hour)} hour: ${ms(minMs)} least, ${ms(medianMs)} median of ${plural(count, 'round trip')}${shake}`;
}

function gapText({ first, last, cause }: FactOf<'gap'>): string {
  const label = GAP_LABELS[cause];
  if (last < first) return `On the gap ledger: ${label}`;
  return `Observations ${first}–${last} missing: ${label}`;
}

function via(tool: string | undefined): string {
  return tool === undefined ? '' : ` · ${toolName(tool)}`;
}

function ms(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
}

const PROXY_LABELS = { http: 'HTTP', https: 'HTTPS', socks: 'SOCKS', pac: 'Automatic' } as const;
const HOST_LABELS = {
  loopback: 'the machine itself',
  lan: 'the local network',
  public: 'a public address',
} as const;
const SESSION_LABELS = {
  console: 'Console session',
  rdp: 'RDP session',
  ssh: 'SSH session',
  vnc: 'VNC session',
  'screen-sharing': 'Screen-sharing session',
  other: 'Session',
} as const;
const TUNNEL_LABELS = {
  wireguard: 'WireGuard tunnel',
  openvpn: 'OpenVPN tunnel',
  tun: 'TUN interface',
  tap: 'TAP interface',
  ppp: 'PPP link',
  ipsec: 'IPsec tunnel',
  other: 'Tunnel',
} as const;

import * as z from 'zod/mini';
import { countrySchema, latSchema, lonSchema } from './geo.ts';
import { epochSchema, keyedHashSchema, slugSchema } from './ids.ts';
import { instantSchema, timezoneSchema } from './time.ts';

/** Text as an operating system reports it: bounded, otherwise as found. Consoles must show it as text. */
const text = (most: number) => z.string().check(z.maxLength(most));
const count = (most: number) => z.int().check(z.minimum(0), z.maximum(most));
const list = <T extends z.core.$ZodType>(of: T, most: number) => z.array(of).check(z.maxLength(most));

/** An IPv4 or IPv6 address. The shape is bounded here; whether it is routable is asked where it matters. */
export const ipSchema = z
  .string()
  .check(z.maxLength(45), z.regex(/^[0-9A-Fa-f:.]{2,45}$/, 'not an IP address'));
const port = z.int().check(z.minimum(0), z.maximum(65_535));

/** What an agent may say of a watched thing: how it was recognized. Every value comes from the catalog, or is a port. */
const signSchema = z.strictObject({
  by: z.enum([
    'process',
    'service',
    'package',
    'path',
    'listener',
    'connection',
    'extension',
    'native-host',
    'signer',
    'interface',
  ]),
  name: text(160),
});

export const TOOL_CATEGORIES = [
  'remote-access',
  'vpn',
  'mesh',
  'proxy',
  'anonymizer',
  'tunnel',
  'keep-awake',
  'proxyware',
] as const;
export const NETWORK_CLASSES = [
  'residential',
  'mobile',
  'business',
  'hosting',
  'vpn',
  'tor',
  'relay',
  'satellite',
  'corporate',
  'unknown',
] as const;
export const GAP_CAUSES = [
  'spool-overflow',
  'spool-damaged',
  'snapshot-revert',
  'chain-break',
  'clone',
  'clock-step',
  'revoked',
  'collector-restored',
  'unknown',
] as const;
/** Causes that an agent notices by itself and tells of. */
const DISRUPTIONS = [
  'clock-step',
  'spool-damaged',
  'snapshot-revert',
] as const satisfies readonly (typeof GAP_CAUSES)[number][];
export const PROBE_HEALTHS = ['ok', 'denied', 'failed', 'unsupported'] as const;

/** What one function of a USB device is, as its descriptors say. */
export const USB_INTERFACES = [
  'boot-keyboard',
  'boot-mouse',
  'absolute-pointer',
  'storage',
  'network',
  'audio',
  'serial',
  'other',
] as const;

export type ToolCategory = (typeof TOOL_CATEGORIES)[number];
export type NetworkClass = (typeof NETWORK_CLASSES)[number];
export type GapCause = (typeof GAP_CAUSES)[number];
export type ProbeHealth = (typeof PROBE_HEALTHS)[number];
export type UsbInterface = (typeof USB_INTERFACES)[number];

/** Where a fact comes from: the agent claims it, or the collector saw it itself. */
export type Source = 'agent' | 'collector';

/**
 * The kinds of fact. `identity` says which thing it is: two facts with equal identity are about the same thing, so the later
 * one replaces the earlier one. `carries` is what is known of it.
 */
const tool = kind('tool', 'agent', {
  identity: { tool: slugSchema, state: z.enum(['installed', 'running']) },
  carries: {
    category: z.enum(TOOL_CATEGORIES),
    signs: list(signSchema, 16),
    version: z.optional(text(64)),
    unattended: z.optional(z.boolean()),
  },
});

const listener = kind('listener', 'agent', {
  identity: { proto: z.enum(['tcp', 'udp']), port },
  carries: { scope: z.enum(['lan', 'any']), tool: z.optional(slugSchema) },
});

const session = kind('session', 'agent', {
  identity: {
    user: text(128),
    method: z.enum(['console', 'rdp', 'ssh', 'vnc', 'screen-sharing', 'other']),
    from: z.optional(ipSchema),
    startedAt: instantSchema,
  },
  carries: { clientName: z.optional(text(128)) },
});

const control = kind('control', 'agent', {
  identity: { tool: slugSchema, peer: z.optional(ipSchema) },
  carries: { relayed: z.optional(z.boolean()) },
});

const tunnel = kind('tunnel', 'agent', {
  identity: { interface: text(64) },
  carries: {
    type: z.enum(['wireguard', 'openvpn', 'tun', 'tap', 'ppp', 'ipsec', 'other']),
    tool: z.optional(slugSchema),
    routes: z.enum(['full', 'split', 'none']),
    dns: z.boolean(),
  },
});

const proxy = kind('proxy', 'agent', {
  identity: {
    scheme: z.enum(['http', 'https', 'socks', 'pac']),
    host: z.enum(['loopback', 'lan', 'public']),
    port,
  },
  carries: { tool: z.optional(slugSchema) },
});

const network = kind('network', 'agent', {
  identity: { interface: text(64), gateway: z.optional(keyedHashSchema) },
  carries: {
    medium: z.enum(['wired', 'wireless', 'cellular', 'virtual', 'unknown']),
    accessPoint: z.optional(keyedHashSchema),
    prefix: z.optional(text(49)),
  },
});

const clock = kind('clock', 'agent', {
  identity: {},
  carries: {
    timezone: timezoneSchema,
    utcOffsetMinutes: z.int().check(z.minimum(-900), z.maximum(900)),
    synchronized: z.optional(z.boolean()),
  },
});

const platform = kind('platform', 'agent', {
  identity: {},
  carries: {
    os: z.enum(['linux', 'macos', 'windows']),
    name: text(128),
    version: text(64),
    arch: text(16),
    chassis: z.optional(z.enum(['laptop', 'desktop', 'server', 'virtual', 'container', 'other'])),
    virtual: z.optional(text(64)),
    serial: z.optional(keyedHashSchema),
    bootedAt: instantSchema,
  },
});

const peripheral = kind('peripheral', 'agent', {
  identity: {
    vendorId: z.string().check(z.regex(/^[0-9a-f]{4}$/)),
    productId: z.string().check(z.regex(/^[0-9a-f]{4}$/)),
    serial: z.optional(keyedHashSchema),
  },
  carries: {
    match: z.optional(slugSchema),
    confidence: z.enum(['exact', 'preset', 'shape']),
    vendor: z.optional(text(126)),
    product: z.optional(text(126)),
    interfaces: list(z.enum(USB_INTERFACES), 16),
  },
});

const display = kind('display', 'agent', {
  identity: {
    manufacturer: z.string().check(z.regex(/^[A-Z]{3}$/)),
    model: text(64),
    serial: z.optional(keyedHashSchema),
  },
  carries: { match: z.optional(slugSchema), widthMm: count(10_000), heightMm: count(10_000) },
});

const minutes = count(60);
const activity = kind('activity', 'agent', {
  identity: { hour: instantSchema },
  carries: { local: minutes, remote: minutes, locked: minutes },
});

const suspend = kind('suspend', 'agent', {
  identity: { from: instantSchema },
  carries: { until: instantSchema },
});

/** Something that broke the agent's own record; it stands where it was noticed. */
const disruption = kind('disruption', 'agent', {
  identity: { cause: z.enum(DISRUPTIONS) },
  carries: {
    /** How far the wall clock was moved, against the clock that nobody sets. */
    byMs: z.optional(z.int()),
  },
});

const agent = kind('agent', 'agent', {
  identity: {},
  carries: {
    version: text(32),
    catalog: text(32),
    policy: text(32),
    boot: text(64),
    probes: z.record(slugSchema, z.enum(PROBE_HEALTHS)),
    /** Set while the agent would cost more than its policy allows; `slowed` is the most by which it stretched its rounds since. */
    budget: z.optional(
      z.strictObject({
        over: z.enum(['cpu', 'memory', 'both']),
        slowed: z.int().check(z.minimum(1), z.maximum(12)),
      }),
    ),
  },
});

/** What intel says of an address. Without `lat` and `lon` it is no point to measure a distance from. */
const whereabouts = {
  country: z.optional(countrySchema),
  /** Databases name different countries. */
  disputed: z.optional(z.literal(true)),
  region: z.optional(text(128)),
  city: z.optional(text(128)),
  lat: z.optional(latSchema),
  lon: z.optional(lonSchema),
  radiusKm: z.optional(z.number().check(z.minimum(0), z.maximum(20_040))),
  asn: z.optional(z.int().check(z.minimum(1), z.maximum(4_294_967_295))),
  org: z.optional(text(128)),
  networkClass: z._default(z.enum(NETWORK_CLASSES), 'unknown'),
  intelVersion: z.optional(text(160)),
};

/** Who saw an address: the collector at its socket, or a mirror that the endpoint asked. */
export const VIAS = ['socket', 'mirror'] as const;
export type Via = (typeof VIAS)[number];

const egress = kind('egress', 'collector', {
  identity: { ip: ipSchema },
  /** `via` is left out for the socket. */
  carries: { ...whereabouts, via: z.optional(z.literal('mirror')) },
});

/** The other of socket and mirror, kept beside the egress that counts. */
const sighting = kind('sighting', 'collector', {
  identity: { via: z.enum(VIAS), ip: ipSchema },
  carries: whereabouts,
});

/** Where the public peer address of a `session` or `control` lies. It lasts as long as they do; private addresses have none. */
const peer = kind('peer', 'collector', {
  identity: { ip: ipSchema, by: z.enum(['session', 'control']) },
  carries: whereabouts,
});

const presence = kind('presence', 'collector', {
  identity: { connection: text(64) },
  carries: { reason: z.optional(text(64)) },
});

const latency = kind('latency', 'collector', {
  identity: { hour: instantSchema },
  carries: {
    minMs: z.number().check(z.minimum(0)),
    medianMs: z.number().check(z.minimum(0)),
    count: count(1_000_000),
    handshakeMs: z.optional(z.number().check(z.minimum(0))),
  },
});

const gap = kind('gap', 'collector', {
  identity: { epoch: epochSchema, first: count(Number.MAX_SAFE_INTEGER) },
  carries: {
    /** Below `first` where nothing is known to be missing. */
    last: count(Number.MAX_SAFE_INTEGER),
    cause: z.enum(GAP_CAUSES),
    /** Of a clone: the boots that spoke with one key, and from where. */
    boots: z.optional(list(text(64), 2)),
    addresses: z.optional(list(ipSchema, 2)),
    /** Of a clock step: by how much, forward positive. */
    stepMs: z.optional(z.int()),
    /** Of a spool that overflowed: how many of these numbers are missing, where not all, and of which kinds. */
    count: z.optional(count(Number.MAX_SAFE_INTEGER)),
    kinds: z.optional(z.record(slugSchema, count(Number.MAX_SAFE_INTEGER))),
  },
});

const signIn = kind('sign-in', 'collector', {
  identity: { id: text(128) },
  carries: { provider: text(64), app: text(128), ip: ipSchema, result: z.enum(['success', 'failure']) },
});

/** The explicit list. Adding a kind means adding it here and writing its row in DESIGN and shared/README. */
export const FACTS = {
  tool,
  listener,
  session,
  control,
  tunnel,
  proxy,
  network,
  clock,
  platform,
  peripheral,
  display,
  activity,
  suspend,
  disruption,
  agent,
  egress,
  sighting,
  peer,
  presence,
  latency,
  gap,
  'sign-in': signIn,
} as const;

export type FactKind = keyof typeof FACTS;
export type FactOf<K extends FactKind> = Readonly<z.infer<(typeof FACTS)[K]['schema']>>;
export type Fact = { [K in FactKind]: FactOf<K> }[FactKind];
export type FactIdentity = {
  [K in FactKind]: Readonly<z.infer<(typeof FACTS)[K]['identitySchema']>>;
}[FactKind];

export const factSchema = z.discriminatedUnion('kind', [
  tool.schema,
  listener.schema,
  session.schema,
  control.schema,
  tunnel.schema,
  proxy.schema,
  network.schema,
  clock.schema,
  platform.schema,
  peripheral.schema,
  display.schema,
  activity.schema,
  suspend.schema,
  disruption.schema,
  agent.schema,
  egress.schema,
  sighting.schema,
  peer.schema,
  presence.schema,
  latency.schema,
  gap.schema,
  signIn.schema,
]);

/** What names a fact that ended: its kind and identity, nothing it carried. */
export const factIdentitySchema = z.discriminatedUnion('kind', [
  tool.identitySchema,
  listener.identitySchema,
  session.identitySchema,
  control.identitySchema,
  tunnel.identitySchema,
  proxy.identitySchema,
  network.identitySchema,
  clock.identitySchema,
  platform.identitySchema,
  peripheral.identitySchema,
  display.identitySchema,
  activity.identitySchema,
  suspend.identitySchema,
  disruption.identitySchema,
  agent.identitySchema,
  egress.identitySchema,
  sighting.identitySchema,
  peer.identitySchema,
  presence.identitySchema,
  latency.identitySchema,
  gap.identitySchema,
  signIn.identitySchema,
]);

export const FACT_KINDS = Object.values(FACTS).map(({ name }) => name);

export function isFactKind(text: string): text is FactKind {
  return Object.hasOwn(FACTS, text);
}

/** The text under which both sides know one thing: `tool|anydesk|running`, `clock`. Values are URI-encoded, absent ones empty. */
export function factKey(fact: Fact | FactIdentity): string {
  const values: Readonly<Record<string, unknown>> = fact;
  let key: string = fact.kind;
  for (const field of FACTS[fact.kind].identity) key += `|${encodeURIComponent(String(values[field] ?? ''))}`;
  return key;
}

/** The fact's identity alone, as an `ended` observation carries it. */
export function identityOf(fact: Fact): FactIdentity {
  const values: Readonly<Record<string, unknown>> = fact;
  const identity = FACTS[fact.kind].identity.flatMap((field) =>
    values[field] === undefined ? [] : [[field, values[field]]],
  );
  return z.parse(factIdentitySchema, { kind: fact.kind, ...Object.fromEntries(identity) });
}

function kind<const N extends string, I extends z.core.$ZodLooseShape, C extends z.core.$ZodLooseShape>(
  name: N,
  source: Source,
  shape: { readonly identity: I; readonly carries: C },
) {
  return {
    name,
    source,
    identity: Object.keys(shape.identity),
    schema: z.strictObject({ kind: z.literal(name), ...shape.identity, ...shape.carries }),
    identitySchema: z.strictObject({ kind: z.literal(name), ...shape.identity }),
  } as const;
}

import type { Random } from './random.ts';

/** A sealed batch or hello as its parts, before it is put together wrongly. */
export interface Parts {
  readonly header: Readonly<Record<string, unknown>>;
  /** Undefined for a hello. */
  readonly payload: string | undefined;
}

export interface Mutation {
  readonly name: string;
  readonly frame: string | Buffer;
}

const HUGE = [
  -1,
  0,
  0.5,
  2 ** 31,
  2 ** 53,
  2 ** 53 - 1,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER,
  1e21,
] as const;
const TEXTS = [
  '',
  '\u0000',
  '\u202Egnp.exe',
  '\uD800',
  '𝒳'.repeat(200),
  'x'.repeat(70_000),
  '__proto__',
  '../../etc/passwd',
  '<img src=x>',
  '0000-00-00T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
] as const;
const OTHERS = [null, true, [], {}, [[[]]], { $ref: '#' }] as const;

/** One thing made wrong that JSON can say: a field is gone, doubled, renamed, of another type, or holds what nobody expects. */
function wrongField(value: unknown, random: Random): unknown {
  if (Array.isArray(value) && value.length > 0) {
    const at = random.between(0, value.length - 1);
    const kind = random.between(0, 4);
    if (kind === 0) return value.toSpliced(at, 1);
    if (kind === 1) return [...value, value[at]];
    if (kind === 2) return value.toReversed();
    return value.with(at, wrongField(value[at], random));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return wrongScalar(random);
    const at = random.between(0, entries.length - 1);
    const [name, inner] = entries[at] ?? ['', null];
    const kind = random.between(0, 5);
    if (kind === 0) return Object.fromEntries(entries.toSpliced(at, 1));
    if (kind === 1) return Object.fromEntries([...entries, [random.pick(TEXTS), inner]]);
    if (kind === 2) return Object.fromEntries(entries.with(at, [`${name}s`, inner]));
    return Object.fromEntries(entries.with(at, [name, wrongField(inner, random)]));
  }
  return wrongScalar(random);
}

function wrongScalar(random: Random): unknown {
  return random.pick([random.pick(HUGE), random.pick(TEXTS), random.pick(OTHERS), random.between(1, 1_000)]);
}

function flipped(text: string, random: Random): string {
  const at = random.between(0, Math.max(0, text.length - 1));
  return `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ (1 << random.between(0, 6)))}${text.slice(at + 1)}`;
}

/** The order of Ed25519's group: adding it to the second half of a signature gives another that careless verifiers take. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

function withOrderAdded(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url');
  const half = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString('hex')}`) + ORDER;
  const hex = half.toString(16).padStart(64, '0').slice(-64);
  return Buffer.concat([bytes.subarray(0, 32), Buffer.from(hex, 'hex').reverse()]).toString('base64url');
}

const SEALS = ['prev', 'hash', 'signature'] as const;

const MUTATIONS: Readonly<Record<string, (parts: Parts, other: Parts, random: Random) => string | Buffer>> = {
  'field of the header': ({ header, payload }, _other, random) => joined(wrongField(header, random), payload),
  'field of the payload': ({ header, payload = '{}' }, _other, random) =>
    joined(header, JSON.stringify(wrongField(JSON.parse(payload), random))),
  'number of the header': ({ header, payload }, _other, random) =>
    joined({ ...header, [random.pick(['first', 'last', 'oldest', 'next'])]: random.pick(HUGE) }, payload),
  'flipped bit of a seal': ({ header, payload }, _other, random) => {
    const name = random.pick(SEALS);
    return joined({ ...header, [name]: flipped(String(header[name] ?? ''), random) }, payload);
  },
  'flipped bit of the payload': ({ header, payload = '' }, _other, random) =>
    joined(header, flipped(payload, random)),
  'seal of another batch': ({ header, payload }, other, random) => {
    const name = random.pick(SEALS);
    return joined({ ...header, [name]: other.header[name] }, payload);
  },
  'payload of another batch': ({ header }, other) => joined(header, other.payload),
  'signature plus the order of the group': ({ header, payload }) =>
    joined({ ...header, signature: withOrderAdded(String(header['signature'])) }, payload),
  'signature of zeros': ({ header, payload }) => joined({ ...header, signature: 'A'.repeat(86) }, payload),
  'another epoch': ({ header, payload }, _other, random) =>
    joined({ ...header, epoch: random.unit().toString(16).slice(2).padEnd(32, '0').slice(0, 32) }, payload),
  truncated: (parts, _other, random) => {
    const text = whole(parts);
    return text.slice(0, random.between(0, text.length - 1));
  },
  'bytes put in': (parts, _other, random) => {
    const text = whole(parts);
    const at = random.between(0, text.length);
    return `${text.slice(0, at)}${random.pick(TEXTS)}${text.slice(at)}`;
  },
  'deeply nested': ({ header }, _other, random) => {
    const depth = random.pick([100, 5_000, 60_000]);
    const nest = random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth);
    return `${JSON.stringify(header)}\n${nest}`;
  },
  'field twice': ({ header, payload }, _other, random) => {
    const [name, value] = random.pick(Object.entries(header));
    return `{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(header).slice(1)}\n${payload ?? ''}`;
  },
  'other white space': ({ header, payload }) =>
    payload === undefined
      ? JSON.stringify(header, null, 1)
      : `${JSON.stringify(header)}\n${JSON.stringify(JSON.parse(payload), null, 1)}`,
  'not UTF-8': (parts, _other, random) => {
    const bytes = Buffer.from(whole(parts));
    bytes[random.between(0, bytes.length - 1)] = random.between(0x80, 0xff);
    return bytes;
  },
  'frame of the collector': (_parts, _other, random) =>
    random.pick([
      '{"type":"ack","epoch":"00112233445566778899aabbccddeeff","through":9007199254740991,"credits":1000}',
      '{"type":"bye","code":"SHUTTING_DOWN","hint":""}',
      '{"type":"welcome"}',
      '{"type":"command","run":"id"}',
      '[]',
      '0',
      '',
      '\n',
      'null\nnull',
    ]),
};

const NAMES = Object.keys(MUTATIONS);

/** One of many ways to make a valid frame wrong, or another one of two. */
export function mutated(parts: Parts, other: Parts, random: Random): Mutation {
  const name = random.pick(NAMES);
  const frame = MUTATIONS[name]?.(parts, other, random) ?? '';
  return { name, frame };
}

function whole({ header, payload }: Parts): string {
  return joined(header, payload);
}

function joined(header: unknown, payload: string | undefined): string {
  return payload === undefined ? JSON.stringify(header) : `${JSON.stringify(header)}\n${payload}`;
}

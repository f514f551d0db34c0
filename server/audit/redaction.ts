import ipaddr from 'ipaddr.js';

/** Takes out of texts and facts what names a person, a machine or a single address. Kept: ids, places, times, everything that is judged. */
export interface Redaction {
  text(value: string): string;
  /** As `text`, through objects and lists. */
  deep<T>(value: T): T;
}

export const REDACTED = '(redacted)';

/** Fields of facts that name somebody or something. */
const NAMING = new Set(['user', 'clientName', 'hostname']);

export const NO_REDACTION: Redaction = { text: (value) => value, deep: (value) => value };

/** `names` are taken out of free text as well, unless they are ids, which stay everywhere. */
export function redaction(names: readonly string[], ids: ReadonlySet<string>): Redaction {
  const known = names
    .filter((name) => name.length > 1 && !ids.has(name))
    .toSorted((a, b) => b.length - a.length);
  const named =
    known.length === 0
      ? undefined
      : new RegExp(`(?<![\\p{L}\\p{N}])(?:${known.map(escaped).join('|')})(?![\\p{L}\\p{N}])`, 'gu');
  const text = (value: string): string => {
    const unnamed = named ? value.replaceAll(named, REDACTED) : value;
    return unnamed.replaceAll(IPV4, '$1.x').replaceAll(IPV6, shortened);
  };
  const walk = (value: unknown, key?: string): unknown => {
    if (typeof value === 'string') return key !== undefined && NAMING.has(key) ? REDACTED : text(value);
    if (Array.isArray(value)) return value.map((one) => walk(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name)]));
  };
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: the walk changes nothing but what strings say
  return { text, deep: <T>(value: T) => walk(value) as T };
}

const IPV4 = /\b(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}\b/g;
const IPV6 = /(?<![\p{L}\p{N}:.])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\p{L}\p{N}:.])/giu;

/** The half that names a network stays. */
function shortened(text: string): string {
  if (!ipaddr.IPv6.isValid(text)) return text;
  const network = ipaddr.IPv6.parse(text).parts.slice(0, 4);
  return `${network.map((part) => part.toString(16)).join(':')}:x`;
}

function escaped(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

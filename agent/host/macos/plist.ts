import { unreadable } from './reading.ts';

export type Plist = string | number | boolean | Uint8Array | readonly Plist[] | PlistDictionary;
export type PlistDictionary = ReadonlyMap<string, Plist>;

type Open = { readonly kind: 'array'; readonly items: Plist[] } | OpenDictionary;
interface OpenDictionary {
  readonly kind: 'dict';
  readonly entries: Map<string, Plist>;
  key?: string;
}

const TAG =
  /<(\/?)(plist|dict|array|key|string|integer|real|data|date|true|false)(?:\s[^>]*?)?(\/?)>([^<]*)/g;
const MAX_DEPTH = 200;

/** A property list in XML, as the tools of macOS print it: no comments, no CDATA. Empty text is an empty list, as of a search without a hit. */
export function plistOf(text: string): Plist {
  if (text.trim() === '') return [];
  const root: Open = { kind: 'array', items: [] };
  const open: Open[] = [root];
  let isEnded = false;
  for (const [, closing, tag = '', empty, content = ''] of text.matchAll(TAG)) {
    if (tag === 'plist') isEnded = closing === '/';
    else if (tag === 'dict' || tag === 'array') {
      if (closing) {
        if (open.length === 1 || open.pop()?.kind !== tag) throw unreadable('a property list out of order');
        continue;
      }
      const made = madeOf(tag);
      put(open.at(-1), made.kind === 'array' ? made.items : made.entries);
      if (!empty) open.push(made);
      if (open.length > MAX_DEPTH) throw unreadable('a property list too deep');
    } else if (!closing) putValue(open.at(-1), tag, content);
  }
  const [value] = root.items;
  if (!isEnded || open.length > 1 || value === undefined) throw unreadable('half a property list');
  return value;
}

function madeOf(tag: 'array' | 'dict'): Open {
  return tag === 'array' ? { kind: 'array', items: [] } : { kind: 'dict', entries: new Map() };
}

function putValue(into: Open | undefined, tag: string, content: string): void {
  if (tag === 'key' && into?.kind === 'dict') into.key = unescaped(content);
  else if (tag === 'true' || tag === 'false') put(into, tag === 'true');
  else if (tag === 'integer' || tag === 'real') put(into, Number(content));
  else if (tag === 'data') put(into, Buffer.from(content, 'base64'));
  else put(into, unescaped(content));
}

function put(into: Open | undefined, value: Plist): void {
  if (into?.kind === 'array') into.items.push(value);
  else if (into?.key !== undefined) into.entries.set(into.key, value);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,4});/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return ENTITIES[entity] ?? whole;
    const code = Number(entity.replace(/^#x/, '0x').replace(/^#/, ''));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** The dictionaries of a list; of one dictionary, itself. */
export function dictionariesIn(value: Plist | undefined): readonly PlistDictionary[] {
  if (value instanceof Map) return [value];
  return Array.isArray(value) ? value.filter((one) => one instanceof Map) : [];
}

export function textAt(from: PlistDictionary, key: string): string | undefined {
  const value = from.get(key);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

export function numberAt(from: PlistDictionary, key: string): number | undefined {
  const value = from.get(key);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function bytesAt(from: PlistDictionary, key: string): Uint8Array | undefined {
  const value = from.get(key);
  return value instanceof Uint8Array ? value : undefined;
}

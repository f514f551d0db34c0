import type { Catalog, Tool, Traces, WatchedPort } from './schema.ts';

export const OPERATING_SYSTEMS = ['linux', 'macos', 'windows'] as const;
export type Os = (typeof OPERATING_SYSTEMS)[number];
/** `session-process` is one that runs only while somebody is connected. */
export type TraceKind =
  | 'process'
  | 'session-process'
  | 'service'
  | 'package'
  | 'interface'
  | 'extension'
  | 'native-host';

/** A product that a name belongs to. `weak` names are shared with other programs and count only beside another sign. */
export interface Hit {
  readonly tool: Tool;
  readonly weak: boolean;
}

/** A catalog prepared for one operating system. Look-ups are a map access, then the few patterns. */
export interface Matcher {
  /** One hit for each product, strong where any of its names is. A pattern counts only where no exact strong name is known. */
  match(kind: TraceKind, name: string): readonly Hit[];
  /** Every path that tells of a product, to be asked for one by one: the agent never lists folders. */
  readonly paths: readonly { readonly tool: Tool; readonly path: string }[];
  /** Every browser extension and native messaging host, to be asked for in the same way. */
  readonly extensions: readonly string[];
  readonly nativeHosts: readonly string[];
  port(proto: 'tcp' | 'udp', port: number): WatchedPort | undefined;
  tool(id: string): Tool | undefined;
}

interface Pattern {
  /** The text around and between the stars. */
  readonly parts: readonly string[];
  readonly hit: Hit;
}

const FIELDS = [
  ['process', 'processes', false],
  ['process', 'processPatterns', false],
  ['process', 'weakNames', true],
  ['session-process', 'sessionProcesses', false],
  ['service', 'services', false],
  ['package', 'packages', false],
  ['interface', 'interfaces', false],
] as const;

/** Linux keeps 15 bytes of a process's name in /proc/pid/comm; a longer name of the catalog is then known by its beginning. */
const COMM_LENGTH = 15;
/** A pattern with fewer letters before its first star says nothing about a name that was cut off. */
const SHORTEST_HEAD = 4;
const NONE: readonly Hit[] = [];

export function matcherOf(catalog: Catalog, os: Os): Matcher {
  const fold = os === 'linux' ? (name: string) => name : (name: string) => name.toLowerCase();
  const exact = new Map<string, Hit[]>();
  const cut = new Map<string, Hit[]>();
  const patterns = new Map<string, Pattern[]>();

  for (const tool of catalog.tools) {
    for (const [kind, written, weak] of namesOf(tool, os)) {
      const name = fold(written);
      if (name.includes('*')) {
        const parts = name.split('*');
        add(patterns, `${kind}|${keyOf(parts[0] ?? '')}`, { parts, hit: { tool, weak } });
      } else add(exact, `${kind}|${name}`, { tool, weak });
      if (os === 'linux' && isProcess(kind) && !name.includes('*') && name.length > COMM_LENGTH)
        add(cut, `${kind}|${name.slice(0, COMM_LENGTH)}`, { tool, weak });
    }
  }
  const tools = new Map(catalog.tools.map((tool) => [tool.id, tool]));
  const ports = new Map(catalog.ports.map((port) => [`${port.proto}|${port.port}`, port]));

  return {
    match(kind, name) {
      const folded = fold(name);
      const maybeCut = os === 'linux' && isProcess(kind) && folded.length === COMM_LENGTH;
      const found = [...(exact.get(`${kind}|${folded}`) ?? NONE)];
      if (maybeCut) found.push(...(cut.get(`${kind}|${folded}`) ?? NONE));
      if (found.some(({ weak }) => !weak)) return strongestOfEach(found);
      for (const key of new Set([keyOf(folded), '']))
        for (const { parts, hit } of patterns.get(`${kind}|${key}`) ?? [])
          if (fits(parts, folded) || (maybeCut && couldFit(parts, folded))) found.push(hit);
      return found.length < 2 ? found : strongestOfEach(found);
    },
    paths: catalog.tools.flatMap((tool) => (tool[os]?.paths ?? []).map((path) => ({ tool, path }))),
    extensions: catalog.tools.flatMap(({ extensions }) => extensions ?? []),
    nativeHosts: catalog.tools.flatMap(({ nativeHosts }) => nativeHosts ?? []),
    port: (proto, port) => ports.get(`${proto}|${port}`),
    tool: (id) => tools.get(id),
  };
}

function namesOf(tool: Tool, os: Os): (readonly [TraceKind, string, boolean])[] {
  const traces: Traces = tool[os] ?? {};
  return [
    ...FIELDS.flatMap(([kind, field, weak]) =>
      (traces[field] ?? []).map((name) => [kind, name, weak] as const),
    ),
    ...(tool.extensions ?? []).map((id) => ['extension', id, false] as const),
    ...(tool.nativeHosts ?? []).map((name) => ['native-host', name, false] as const),
  ];
}

function isProcess(kind: TraceKind): boolean {
  return kind === 'process' || kind === 'session-process';
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const known = lists.get(key);
  if (known) known.push(item);
  else lists.set(key, [item]);
}

/** Patterns are asked only of names that begin as they do; those that begin too shortly, of all. */
function keyOf(head: string): string {
  return head.length < SHORTEST_HEAD ? '' : head.slice(0, SHORTEST_HEAD);
}

/** Searches each part after the one before it: linear, whatever the name is, where a regular expression could backtrack. */
function fits(parts: readonly string[], name: string): boolean {
  const head = parts[0] ?? '';
  const tail = parts.at(-1) ?? '';
  if (name.length < head.length + tail.length || !name.startsWith(head) || !name.endsWith(tail)) return false;
  let from = head.length;
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= name.length - tail.length;
}

function couldFit(parts: readonly string[], beginning: string): boolean {
  const head = parts[0] ?? '';
  return head.length >= SHORTEST_HEAD && (beginning.startsWith(head) || head.startsWith(beginning));
}

function strongestOfEach(hits: readonly Hit[]): readonly Hit[] {
  const strongest = new Map<string, Hit>();
  for (const hit of hits) {
    const known = strongest.get(hit.tool.id);
    if (!known || (known.weak && !hit.weak)) strongest.set(hit.tool.id, hit);
  }
  return [...strongest.values()];
}

import type { Catalog, Tool, Traces, WatchedPort } from './schema.ts';

export type Os = 'linux' | 'macos' | 'windows';
export type TraceKind = 'process' | 'service' | 'package' | 'interface';

/** A product that a name belongs to. `weak` names are shared with other programs and count only beside another sign. */
export interface Hit {
  readonly tool: Tool;
  readonly weak: boolean;
}

/** A catalog prepared for one operating system. Look-ups are a map access, then the few patterns. */
export interface Matcher {
  match(kind: TraceKind, name: string): readonly Hit[];
  /** Every path that tells of a product, to be asked for one by one: the agent never lists folders. */
  readonly paths: readonly { readonly tool: Tool; readonly path: string }[];
  port(proto: 'tcp' | 'udp', port: number): WatchedPort | undefined;
  tool(id: string): Tool | undefined;
}

const FIELDS = [
  ['process', 'processes', false],
  ['process', 'processPatterns', false],
  ['process', 'weakNames', true],
  ['service', 'services', false],
  ['package', 'packages', false],
  ['interface', 'interfaces', false],
] as const;

export function matcherOf(catalog: Catalog, os: Os): Matcher {
  const fold = os === 'linux' ? (name: string) => name : (name: string) => name.toLowerCase();
  const exact = new Map<string, Hit[]>();
  const patterns: { readonly kind: TraceKind; readonly pattern: RegExp; readonly hit: Hit }[] = [];

  for (const tool of catalog.tools) {
    const traces = tool[os];
    if (!traces) continue;
    for (const [kind, name, weak] of namesOf(traces)) {
      const hit: Hit = { tool, weak };
      if (name.includes('*')) patterns.push({ kind, pattern: globOf(fold(name)), hit });
      else exact.set(`${kind}|${fold(name)}`, [...(exact.get(`${kind}|${fold(name)}`) ?? []), hit]);
    }
  }
  const tools = new Map(catalog.tools.map((tool) => [tool.id, tool]));
  const ports = new Map(catalog.ports.map((port) => [`${port.proto}|${port.port}`, port]));

  return {
    match(kind, name) {
      const folded = fold(name);
      const found = exact.get(`${kind}|${folded}`) ?? [];
      const globbed = patterns.filter((entry) => entry.kind === kind && entry.pattern.test(folded));
      return globbed.length === 0 ? found : [...found, ...globbed.map(({ hit }) => hit)];
    },
    paths: catalog.tools.flatMap((tool) => (tool[os]?.paths ?? []).map((path) => ({ tool, path }))),
    port: (proto, port) => ports.get(`${proto}|${port}`),
    tool: (id) => tools.get(id),
  };
}

function namesOf(traces: Traces): (readonly [TraceKind, string, boolean])[] {
  return FIELDS.flatMap(([kind, field, weak]) =>
    (traces[field] ?? []).map((name) => [kind, name, weak] as const),
  );
}

function globOf(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}

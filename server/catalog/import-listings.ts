import { type Clash, clashesIn, flawsOf } from '../../shared/catalog/check.ts';
import { matcherOf, OPERATING_SYSTEMS, type Os, type TraceKind } from '../../shared/catalog/match.ts';
import { type Catalog, type Tool, type Traces, toolSchema } from '../../shared/catalog/schema.ts';
import { type Cleaned, cleanService, cleanText, type Trace } from './clean-text.ts';
import type { Listing } from './listing.ts';

/** Something of the list that was not taken. Without `what`, the whole product. */
export interface Refusal {
  readonly record: string;
  readonly what?: string;
  readonly why: string;
}

export interface Imported {
  readonly tools: readonly Tool[];
  readonly refused: readonly Refusal[];
}

/** Programs by which this machine acts elsewhere, copies files or is counted: nobody else sits at the keyboard. */
const OUT_OF_SCOPE = new Set(
  `putty superputty kitty winscp filezilla cyberduck mobaxterm mstsc microsoftrdp microsofttsc remmina freerdp mremoteng royalts
  royalapps psexec psexecclone paexec megasync koofr nordlocker nvda ocsinventory glpi basecamp zabbixagent site24x7 rapid7 netcat
  securecrt bitvisesshclient rdcman devolutionsremotedesktopmanager`.split(/\s+/),
);
const MOST_NAMES = 60;
const KINDS: Partial<Record<keyof Traces, TraceKind>> = {
  processes: 'process',
  processPatterns: 'process',
  services: 'service',
};

/** The listed products as records of ours, each cleaned by the checks of our own catalog. Where names clash, ours win. */
export function importListings(listings: readonly Listing[], ours: Catalog): Imported {
  const refused: Refusal[] = [];
  const known = new Map(ours.tools.flatMap(({ id, name }) => [id, name].map((text) => [plain(text), id])));
  const taken = new Map<string, Tool>();
  for (const listing of listings) {
    const record = slugOf(listing.name);
    const why = unwanted(listing, known, taken);
    if (why) {
      refused.push({ record, why });
      continue;
    }
    const { tool, refused: names } = toolOf(record, listing);
    refused.push(...names);
    taken.set(record, tool);
  }
  const { tools, refused: clashing } = settle([...taken.values()], ours);
  return { tools, refused: [...refused, ...clashing] };
}

function unwanted(
  { name }: Listing,
  known: ReadonlyMap<string, string>,
  taken: ReadonlyMap<string, Tool>,
): string | undefined {
  const record = slugOf(name);
  if (record === '') return 'no name to make an id of';
  if (OUT_OF_SCOPE.has(plain(name))) return 'out of scope: it lets nobody else control this machine';
  const own = known.get(plain(name));
  if (own) return `our own record ${own} wins`;
  return taken.has(record) ? 'listed twice; the first counts' : undefined;
}

function toolOf(id: string, { name, texts, services }: Listing): { tool: Tool; refused: readonly Refusal[] } {
  const refused: Refusal[] = [];
  const traces: Trace[] = [];
  const take = (what: string, cleaned: Cleaned): void => {
    if ('why' in cleaned) refused.push({ record: id, what, why: cleaned.why });
    else traces.push(...cleaned.traces);
  };
  for (const text of new Set(texts)) take(text, cleanText(text));
  for (const text of new Set(services)) take(text, cleanService(text));

  const raw = recordOf({ id, name }, traces);
  const flaws = flawsOf(raw);
  const flawed = new Set(flaws.map(({ what }) => what));
  return {
    tool: recordOf(
      { id, name },
      traces.filter((trace) => !flawed.has(trace.name)),
    ),
    refused: [...refused, ...flaws.map(({ what, why }) => ({ record: id, what, why }))],
  };
}

function recordOf({ id, name }: Pick<Tool, 'id' | 'name'>, traces: readonly Trace[]): Tool {
  const perOs = OPERATING_SYSTEMS.flatMap((os) => {
    const fields = Object.groupBy(
      traces.filter((trace) => trace.os === os),
      ({ field }) => field,
    );
    const lists = Object.entries(fields).map(([field, found]) => [field, distinct(os, found)] as const);
    return lists.length === 0 ? [] : [[os, Object.fromEntries(lists)] as const];
  });
  return toolSchema.parse({
    id,
    name,
    vendor: name,
    category: 'remote-access',
    direction: 'both',
    ...Object.fromEntries(perOs),
    confidence: 'listed',
    note: 'Imported. The list names no vendor, and says not which way it is used.',
    sources: [`LOLRMM: ${name}`],
  });
}

function distinct(os: Os, traces: readonly Trace[]): string[] {
  const fold = (name: string) => (os === 'linux' ? name : name.toLowerCase());
  const byName = new Map(traces.toReversed().map(({ name }) => [fold(name), name]));
  return [...byName.values()].toReversed().slice(0, MOST_NAMES);
}

/** Takes from each record the names of ours and of earlier ones, and leaves out those that are ours for the most part or say nothing. */
function settle(candidates: readonly Tool[], ours: Catalog): Imported {
  const order = new Map([
    ...ours.tools.map(({ id }) => [id, -1] as const),
    ...candidates.map(({ id }, at) => [id, at] as const),
  ]);
  const clashes = clashesIn({ ...ours, tools: [...ours.tools, ...candidates] });
  const lost = Map.groupBy(clashes, ({ tool, other }) =>
    (order.get(tool) ?? 0) > (order.get(other) ?? 0) ? tool : other,
  );
  const tools: Tool[] = [];
  const refused: Refusal[] = [];
  for (const candidate of candidates) {
    const mine = lost.get(candidate.id) ?? [];
    const { tool, names } = without(candidate, mine);
    const owner = mine
      .map(({ tool, other }) => (tool === candidate.id ? other : tool))
      .find((id) => order.get(id) === -1);
    const size = strongNames(candidate);
    if (owner !== undefined && (size - strongNames(tool)) * 2 >= size)
      refused.push({ record: candidate.id, why: `our own record ${owner} has its names and wins` });
    else if (strongNames(tool) === 0) refused.push({ record: candidate.id, why: 'no usable name is left' });
    else tools.push(tool);
    refused.push(...names);
  }
  return { tools, refused };
}

function without(tool: Tool, clashes: readonly Clash[]): { tool: Tool; names: readonly Refusal[] } {
  const names: Refusal[] = [];
  const traces = OPERATING_SYSTEMS.flatMap((os) =>
    tracesOf(tool, os).filter((trace) => {
      const clash = clashes.find((found) => found.os === os && means(trace, found));
      if (clash)
        names.push({
          record: tool.id,
          what: trace.name,
          why: `belongs to ${clash.tool === tool.id ? clash.other : clash.tool}`,
        });
      return !clash;
    }),
  );
  return { tool: recordOf(tool, traces), names };
}

/** Whether this trace is the one of the clash: the name itself, or a pattern that covers it. */
function means(trace: Trace, { os, kind, name }: Clash): boolean {
  if (KINDS[trace.field] !== kind) return false;
  const alone = recordOf({ id: 'alone', name: 'alone' }, [trace]);
  return matcherOf({ version: '', tools: [alone], ports: [] }, os).match(kind, name).length > 0;
}

function tracesOf(tool: Tool, os: Os): readonly Trace[] {
  const { processes = [], processPatterns = [], services = [], paths = [] } = tool[os] ?? {};
  const of = (field: keyof Traces, names: readonly string[]) =>
    names.map((name): Trace => ({ os, field, name }));
  return [
    ...of('processes', processes),
    ...of('processPatterns', processPatterns),
    ...of('services', services),
    ...of('paths', paths),
  ];
}

/** Folders alone stay behind when a program goes; a record needs more. */
function strongNames(tool: Tool): number {
  return OPERATING_SYSTEMS.flatMap((os) => tracesOf(tool, os)).filter(({ field }) => field !== 'paths')
    .length;
}

function slugOf(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replaceAll(/^-+|-+$/g, '');
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

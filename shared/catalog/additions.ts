import * as z from 'zod/mini';
import { CodedError } from '../errors.ts';
import { problemsOf } from '../problems.ts';
import { type Clash, clashesIn, flawsOf } from './check.ts';
import { type Catalog, type Tool, toolSchema } from './schema.ts';

/** The file's name in the data folder of a collector, and of an agent. */
export const ADDITIONS_FILE = 'catalog.json';

/** What an operator adds to the catalog. The version is short and changes with the content. */
const additionsSchema = z.strictObject({
  version: z.string().check(z.regex(/^[0-9a-z]{1,12}$/)),
  tools: z.readonly(z.array(z.unknown()).check(z.maxLength(2_000))),
});

export interface Additions {
  readonly version: string;
  readonly tools: readonly Tool[];
}

/** The content of an additions file. Throws CATALOG_INVALID, naming the first record and what is wrong with it. */
export function parseAdditions(text: string): Additions {
  const { version, tools } = envelopeOf(text);
  const seen = new Set<string>();
  const parsed = tools.map((record, index) => {
    const tool = recordOf(record, index);
    if (seen.has(tool.id))
      throw new CodedError('CATALOG_INVALID', { record: tool.id, reason: 'its id stands there twice' });
    seen.add(tool.id);
    return tool;
  });
  return { version, tools: parsed };
}

/** The catalog with an operator's records. Ours win: a record that takes an id or a name of ours is left out, and told. */
export function withAdditions(
  catalog: Catalog,
  { version, tools }: Additions,
): { readonly catalog: Catalog; readonly leftOut: readonly string[] } {
  const ours = new Set(catalog.tools.map(({ id }) => id));
  const fresh = tools.filter(({ id }) => !ours.has(id));
  const both = { ...catalog, tools: [...catalog.tools, ...fresh] };
  const clashing = new Set(clashesIn(both).flatMap((clash) => loserOf(clash, ours)));
  const added = fresh.filter(({ id }) => !clashing.has(id));
  const kept = new Set(added);
  return {
    catalog: {
      ...catalog,
      version: `${catalog.version}+${version}`,
      tools: [...catalog.tools, ...added],
    },
    leftOut: tools.filter((tool) => !kept.has(tool)).map(({ id }) => id),
  };
}

function loserOf({ tool, other }: Clash, ours: ReadonlySet<string>): readonly string[] {
  if (ours.has(tool) && ours.has(other)) return [];
  return [ours.has(tool) ? other : tool];
}

function envelopeOf(text: string): z.infer<typeof additionsSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CodedError('CATALOG_INVALID', { reason: 'not JSON' }, { cause });
  }
  const result = z.safeParse(additionsSchema, json);
  if (!result.success) throw new CodedError('CATALOG_INVALID', { reason: problemsOf(result.error) });
  return result.data;
}

function recordOf(record: unknown, index: number): Tool {
  const result = z.safeParse(toolSchema, record);
  if (!result.success)
    throw new CodedError('CATALOG_INVALID', {
      record: nameOf(record) ?? `number ${index + 1}`,
      reason: problemsOf(result.error),
    });
  const [flaw] = flawsOf(result.data);
  if (flaw) throw new CodedError('CATALOG_INVALID', { record: flaw.tool, name: flaw.what, reason: flaw.why });
  return result.data;
}

function nameOf(record: unknown): string | undefined {
  const result = z.safeParse(z.looseObject({ id: z.string() }), record);
  return result.success ? result.data.id.slice(0, 64) : undefined;
}

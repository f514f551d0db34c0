import * as z from 'zod/mini';
import { FACTS, ipSchema } from '../../shared/facts.ts';
import { countrySchema } from '../../shared/geo.ts';
import { keyedHashSchema, slugSchema } from '../../shared/ids.ts';
import { instantSchema } from '../../shared/time.ts';

/** What of a JSON Schema the facts use. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

const NAMED = [
  ['slug', slugSchema],
  ['ip', ipSchema],
  ['time', instantSchema],
  ['keyed hash', keyedHashSchema],
  ['country', countrySchema],
] as const;
const NAMES = new Map(NAMED.map(([name, schema]) => [jsonSchemaOf(schema).pattern, name]));

/** One row for each kind of fact that an agent may tell: its name, what identifies it, what else it carries. */
export function factRows(): readonly (readonly string[])[] {
  return Object.values(FACTS)
    .filter(({ source }) => source === 'agent')
    .map(({ name, identity, schema }) => {
      const { properties = {}, required = [] } = jsonSchemaOf(schema);
      const fields = Object.entries(properties).filter(([field]) => field !== 'kind');
      const told = (wanted: boolean) =>
        fields
          .filter(([field]) => identity.includes(field) === wanted)
          .map(([field, type]) => `\`${field}${required.includes(field) ? '' : '?'}\` ${typeText(type)}`)
          .join('; ') || '(nothing: there is one)';
      return [`\`${name}\``, told(true), told(false)];
    });
}

function jsonSchemaOf(schema: z.core.$ZodType): Schema {
  return z.toJSONSchema(schema, { io: 'input' }) as Schema;
}

function typeText(schema: Schema): string {
  const { type, pattern, maxLength, minimum, maximum, maxItems, items, properties } = schema;
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' ');
  const name = NAMES.get(pattern);
  if (pattern !== undefined && name !== undefined) return name;
  if (pattern !== undefined) return `\`${pattern}\``;
  if (type === 'string') return `text ≤ ${maxLength}`;
  if (type === 'boolean') return 'yes or no';
  if (type === 'array' && items) return `list ≤ ${maxItems} of ${typeText(items)}`;
  if (properties) {
    const inner = Object.entries(properties).map(([field, of]) => `\`${field}\` ${typeText(of)}`);
    return `{${inner.join('; ')}}`;
  }
  if (typeof schema.additionalProperties === 'object')
    return `object from name (slug) to ${typeText(schema.additionalProperties)}`;
  return `${minimum} … ${maximum}`;
}

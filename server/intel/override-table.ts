import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { NETWORK_CLASSES } from '../../shared/facts.ts';
import { countrySchema, latSchema, lonSchema } from '../../shared/geo.ts';
import { problemsOf } from '../../shared/problems.ts';
import type { Address } from './address.ts';
import { rangeOf } from './bits.ts';
import { prefixTable } from './prefix-table.ts';

const text = (most: number) => z.string().check(z.minLength(1), z.maxLength(most));

/**
 * What is known better than a database knows it. A place that is given replaces the whole place that was found before,
 * `place: 'none'` says that none can be given; network fields replace one by one.
 */
export const overrideSchema = z
  .strictObject({
    cidr: z
      .string()
      .check(
        z.refine(
          (cidr) => rangeOf(cidr) !== undefined,
          'expected a range such as 192.0.2.0/24 or 2001:db8::/32',
        ),
      ),
    place: z.optional(z.literal('none')),
    country: z.optional(countrySchema),
    city: z.optional(text(128)),
    lat: z.optional(latSchema),
    lon: z.optional(lonSchema),
    radiusKm: z.optional(z.number().check(z.minimum(0), z.maximum(20_040))),
    networkClass: z.optional(z.enum(NETWORK_CLASSES)),
    asn: z.optional(z.int().check(z.minimum(1), z.maximum(4_294_967_295))),
    org: z.optional(text(128)),
    reason: text(200),
    confidence: z.enum(['certain', 'reported', 'unconfirmed']),
    source: text(300),
  })
  .check(
    z.refine(({ lat, lon }) => (lat === undefined) === (lon === undefined), 'lat and lon come together'),
    z.refine(
      ({ lat, radiusKm }) => (lat === undefined) === (radiusKm === undefined),
      'a point needs radiusKm',
    ),
    z.refine(
      ({ country, city, lat }) => !!country || (city === undefined && lat === undefined),
      'a place needs country',
    ),
    z.refine(({ place, country, city, lat }) => !place || !(country || city || lat !== undefined), {
      error: 'place none excludes country, city and point',
    }),
  );

export type Override = Readonly<z.infer<typeof overrideSchema>>;

export interface OverrideTable {
  /** How an answer names the table. */
  readonly name: string;
  readonly size: number;
  /** The entry of the narrowest range that holds the address. */
  find(address: Address): Override | undefined;
}

const MAX_ENTRIES = 100_000;

/** An operator's JSON file: an array of overrides. Throws FILE_UNREADABLE, or SETTINGS_INVALID naming the entry. */
export async function readOverrides(file: string): Promise<readonly Override[]> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new CodedError('FILE_UNREADABLE', { file }, { cause });
  });
  const entries = entriesOf(content, file);
  return entries.map((entry, index) => {
    const { success, data, error } = z.safeParse(overrideSchema, entry, {
      error: z.locales.en().localeError,
    });
    if (!success)
      throw new CodedError('SETTINGS_INVALID', {
        file,
        entry: nameOf(entry, index),
        reason: problemsOf(error),
      });
    return data;
  });
}

export function overrideTable(name: string, overrides: readonly Override[]): OverrideTable {
  const table = prefixTable(
    overrides.flatMap((override) => {
      const range = rangeOf(override.cidr);
      return range ? [{ range, value: override }] : [];
    }),
  );
  return { name, size: overrides.length, find: (address) => table.find(address) };
}

function entriesOf(content: string, file: string): readonly unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new CodedError('SETTINGS_INVALID', { file, reason: 'not JSON' }, { cause });
  }
  if (!Array.isArray(value))
    throw new CodedError('SETTINGS_INVALID', { file, reason: 'expected an array of overrides' });
  if (value.length > MAX_ENTRIES)
    throw new CodedError('SETTINGS_INVALID', { file, reason: `more than ${MAX_ENTRIES} entries` });
  return value;
}

function nameOf(entry: unknown, index: number): string {
  const cidr = typeof entry === 'object' && entry !== null && 'cidr' in entry ? entry.cidr : undefined;
  return typeof cidr === 'string' ? `${index + 1} (${cidr.slice(0, 60)})` : String(index + 1);
}

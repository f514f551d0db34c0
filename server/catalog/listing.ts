import { z } from 'zod';
import { CodedError } from '../../shared/errors.ts';

/** One product of the LOLRMM list, as far as anything of it is used. */
export interface Listing {
  readonly name: string;
  /** Programs, folders and files, as people wrote them. */
  readonly texts: readonly string[];
  readonly services: readonly string[];
  /** Domains, ports, signers and hashes: they come from samples and incidents, and are not taken. */
  readonly unused: number;
}

const entrySchema = z.looseObject({ Name: z.string().trim().min(1).max(160) });

/** The products of the public file `rmm_tools.json`, and the numbers of entries without a name. Throws CATALOG_INVALID. */
export function listingsOf(text: string): {
  readonly listings: readonly Listing[];
  readonly nameless: readonly number[];
} {
  const entries = arrayOf(text).map((entry) => entrySchema.safeParse(entry));
  return {
    listings: entries.flatMap(({ data }) => (data ? [listingOf(data)] : [])),
    nameless: entries.flatMap(({ success }, index) => (success ? [] : [index + 1])),
  };
}

function arrayOf(text: string): readonly unknown[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new CodedError('CATALOG_INVALID', { reason: 'not JSON' }, { cause });
  }
  if (!Array.isArray(json)) throw new CodedError('CATALOG_INVALID', { reason: 'not a list of products' });
  return json;
}

/** The list holds one word, many or none under most keys, and some keys at three levels. */
function listingOf(entry: z.infer<typeof entrySchema>): Listing {
  const details = rowsOf(entry['Details'])[0] ?? {};
  const artifacts = rowsOf(entry['Artifacts'])[0] ?? {};
  return {
    name: entry.Name,
    texts: [
      ...[entry, details, artifacts].flatMap((level) => wordsOf(level['InstallationPaths'])),
      ...rowsOf(details['PEMetadata']).flatMap((row) => [
        ...wordsOf(row['Filename']),
        ...wordsOf(row['OriginalFileName']),
      ]),
      ...rowsOf(artifacts['Disk']).flatMap((row) => wordsOf(row['File'])),
    ],
    services: rowsOf(artifacts['EventLog']).flatMap((row) => wordsOf(row['ServiceName'])),
    unused: [artifacts['Network'], entry['CodeSigning'], entry['FileHashes']].flatMap(rowsOf).length,
  };
}

function wordsOf(value: unknown): readonly string[] {
  return listOf(value).filter((word) => typeof word === 'string');
}

function rowsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return listOf(value).filter(
    (row): row is Readonly<Record<string, unknown>> =>
      typeof row === 'object' && row !== null && !Array.isArray(row),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

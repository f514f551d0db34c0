import { basename } from 'node:path';
import { codedError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';
import { asnRecordOf } from './asn-record.ts';
import { ASN_ATTRIBUTIONS, type Asn, type AsnTable, readAsns } from './asns.ts';
import { type Attribution, IP2LOCATION } from './attributions.ts';
import { siteFinder } from './corporate.ts';
import { openCountries } from './country.ts';
import { type Database, mmdbFiles, packageFolder, readDatabase } from './databases.ts';
import type { Loaded } from './file-state.ts';
import type { Sources } from './gathered.ts';
import type { GeoConfig, ListConfig } from './geo-config.ts';
import { CLASS_OF_FORMAT, MAX_LIST_BYTES, type NetworkList, readNetworkList } from './network-list.ts';
import { type OverrideTable, overrideTable, readOverrides } from './override-table.ts';
import { OVERRIDES, OVERRIDES_DATE } from './overrides.ts';
import { type PlaceRecord, placeRecordOf } from './place-record.ts';
import { openSourceFile, type SourceFile } from './source-file.ts';

/** Everything that is asked, and the files that it came from. */
export interface OpenSources {
  /** In the order in which they were named; built-in tables are not among them. */
  readonly files: readonly SourceFile<Loaded>[];
  readonly lists: readonly SourceFile<Loaded>[];
  city(): Database<PlaceRecord> | undefined;
  /** Of all data in force, each once. */
  attributions(): readonly Attribution[];
  /** What is in force now. */
  sources(): Sources;
}

type Options = GeoConfig & { readonly log: Log };

const MAX_MMDB_BYTES = 1024 ** 3;
const MAX_OVERRIDES_BYTES = 64 * 1024 * 1024;

/** Throws for an overrides file that is unreadable or wrong; whatever else is missing leaves unknown what it would tell. */
export async function openSources(options: Options): Promise<OpenSources> {
  const { log, asnDb, secondDb, overridesFile, corporate = [] } = options;
  const cityPath = options.cityDb ?? packageFolder();
  if (cityPath === undefined) log.info({}, 'no city database is installed, places are countries only');
  const given = overridesFile === undefined ? undefined : await openOverrides(overridesFile, log);
  const city = cityPath === undefined ? undefined : await openPlaces('city database', cityPath, log);
  const second = secondDb === undefined ? undefined : await openPlaces('second city database', secondDb, log);
  const asnFile = asnDb === undefined ? undefined : await openAsnDatabase(asnDb, log);
  const asnTable = asnDb === undefined ? await openAsnTable(log) : undefined;
  const lists: { readonly config: ListConfig; readonly file: SourceFile<Listed> }[] = [];
  for (const config of options.lists ?? []) lists.push({ config, file: await openList(config, log) });

  const fixed = {
    countries: openCountries(),
    ownOverrides: overrideTable(`override ${OVERRIDES_DATE}`, OVERRIDES),
    site: siteFinder(corporate),
  };
  const none = overrideTable(GIVEN_OVERRIDES, []);
  return {
    files: [city, second, asnFile, given, ...lists.map(({ file }) => file)].filter(
      (file) => file !== undefined,
    ),
    lists: lists.map(({ file }) => file),
    city: () => city?.current,
    attributions: () =>
      distinct([
        city?.current?.attribution,
        second?.current?.attribution,
        ...(asnFile ? [asnFile.current?.attribution] : asnTable ? ASN_ATTRIBUTIONS : []),
        IP2LOCATION,
      ]),
    sources: () => ({
      ...fixed,
      city: city?.current,
      second: second?.current,
      asns: asnFile ? asnFile.current : asnTable,
      givenOverrides: given?.current ?? none,
      lists: lists.flatMap(({ config, file: { current } }) => {
        const networkClass = CLASS_OF_FORMAT[config.format] ?? config.networkClass;
        return current && networkClass
          ? [{ name: current.name, networkClass, has: (address) => current.has(address) }]
          : [];
      }),
    }),
  };
}

const GIVEN_OVERRIDES = "operator's override";

function distinct(attributions: readonly (Attribution | undefined)[]): readonly Attribution[] {
  const given = attributions.filter((attribution) => attribution !== undefined);
  return [...new Map(given.map((attribution) => [attribution.url, attribution])).values()];
}

type Listed = NetworkList & Loaded;

async function openPlaces(
  purpose: string,
  path: string,
  log: Log,
): Promise<SourceFile<Database<PlaceRecord>>> {
  return openSourceFile({
    purpose,
    path,
    files: mmdbFiles,
    maxBytes: MAX_MMDB_BYTES,
    load: async (files, first) => {
      const database = await readDatabase(files, { subject: 'city', parse: placeRecordOf, first });
      warnOfDamaged(database, log);
      if (database.caution) log.warn({ database: database.name }, database.caution);
      return database;
    },
    log,
  });
}

async function openAsnDatabase(path: string, log: Log): Promise<SourceFile<Database<Asn>>> {
  return openSourceFile({
    purpose: 'ASN database',
    path,
    files: mmdbFiles,
    maxBytes: MAX_MMDB_BYTES,
    load: async (files, first) => {
      const database = await readDatabase(files, { subject: 'ASN', parse: asnRecordOf, first });
      warnOfDamaged(database, log);
      return database;
    },
    log,
  });
}

function warnOfDamaged({ damaged }: Database<unknown>, log: Log): void {
  for (const { file, reason } of damaged)
    log.warn(
      { code: 'GEO_UNAVAILABLE', file, reason },
      'one of several database files cannot be read, what it alone would tell is unknown',
    );
}

async function openAsnTable(log: Log): Promise<AsnTable | undefined> {
  try {
    return await readAsns();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ code: 'GEO_UNAVAILABLE', reason }, 'network table cannot be read, networks are unknown');
    return undefined;
  }
}

/** At start a wrong file is the operator's to correct; later the old one stays in force. */
async function openOverrides(path: string, log: Log): Promise<SourceFile<OverrideTable>> {
  let problem: unknown;
  const file = await openSourceFile({
    purpose: 'overrides',
    path,
    maxBytes: MAX_OVERRIDES_BYTES,
    load: async () => {
      try {
        return overrideTable(GIVEN_OVERRIDES, await readOverrides(path));
      } catch (error) {
        problem = error;
        throw error;
      }
    },
    log,
  });
  if (file.current === undefined) throw codedError(problem ?? new Error(file.refused), 'FILE_UNREADABLE');
  return file;
}

async function openList({ file: path, format }: ListConfig, log: Log): Promise<SourceFile<Listed>> {
  return openSourceFile<Listed>({
    purpose: `list (${format})`,
    path,
    maxBytes: MAX_LIST_BYTES,
    load: async ([file = path]) => {
      const list = await readNetworkList(file, format);
      const { count, first } = list.skipped;
      if (count > 0)
        log.warn(
          { code: 'INTEL_LINES_SKIPPED', file: path, lines: count, first },
          'lines of a list of networks say nothing that can be understood and are passed over',
        );
      return { ...list, name: `list ${basename(path)}` };
    },
    log,
  });
}

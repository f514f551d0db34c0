import type { FactOf } from '../../shared/facts.ts';
import { DAY } from '../../shared/time.ts';
import type { Log } from '../log.ts';
import { addressOf } from './address.ts';
import type { Attribution } from './databases.ts';
import { answerOf } from './egress-fact.ts';
import { type Explanation, explain } from './explanation.ts';
import { type FileState, fileState } from './file-state.ts';
import type { Sources } from './gathered.ts';
import type { GeoConfig } from './geo-config.ts';
import { NETWORKS_DATE } from './networks.ts';
import { type OpenSources, openSources } from './open-sources.ts';
import { OVERRIDES_DATE } from './overrides.ts';
import { watchFiles } from './watching.ts';

/** What an address tells. */
export interface Intel extends AsyncDisposable {
  /** Never throws; what is not a public address, or not known, has no place and network class `unknown`. */
  lookup(ip: string): FactOf<'egress'>;
  /** The same answer with everything that led to it; undefined for what is no address. */
  explain(ip: string): Explanation | undefined;
  /** Name and date of the database in force, or why there is none. */
  readonly description: string;
  /** To be shown on every page with places. */
  readonly attribution?: Attribution | undefined;
  /** All sources with their dates. */
  readonly version: string;
  /** What each configured file is worth now. */
  files(): readonly FileState[];
}

export interface IntelOptions extends GeoConfig {
  readonly log: Log;
  /** How often files are looked at for changes. */
  readonly everyMs?: number;
}

/** Rejects only for an overrides file that is unreadable or wrong; missing data leaves unknown what it would tell. */
export async function openIntel({ log, everyMs = EVERY_MS, ...config }: IntelOptions): Promise<Intel> {
  const opened = await openSources({ ...config, log });
  const staleMs = (config.listsStaleDays ?? STALE_DAYS) * DAY;
  const states = () =>
    opened.files.map((file) =>
      fileState(file, { now: Date.now(), staleMs: opened.lists.includes(file) ? staleMs : undefined }),
    );
  let sources = opened.sources();
  const answers = remembered((ip) => {
    const address = addressOf(ip);
    return address ? answerOf(address, sources).fact : { kind: 'egress', ip, networkClass: 'unknown' };
  });
  const watching = watchFiles({
    files: opened.files,
    everyMs,
    states,
    changed: () => {
      sources = opened.sources();
      answers.forget();
    },
    log,
  });
  return {
    lookup: answers.lookup,
    explain: (ip) => {
      const address = addressOf(ip);
      return address && explain(address, sources);
    },
    get description() {
      return opened.city()?.name ?? `no city database, countries by ${sources.countries.name}`;
    },
    get attribution() {
      return attributionOf(opened);
    },
    get version() {
      return versionOf(sources);
    },
    files: states,
    [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose](),
  };
}

const EVERY_MS = 10_000;
const STALE_DAYS = 30;

const IP2LOCATION: Attribution = {
  text: 'Includes IP2Location LITE data',
  url: 'https://lite.ip2location.com',
};

/** Of the database that gives the places; the second one gives none, unless it stands alone. */
function attributionOf(opened: OpenSources): Attribution | undefined {
  const city = opened.city() ?? opened.second();
  return city ? (city.attribution ?? opened.second()?.attribution) : IP2LOCATION;
}

function versionOf({ city, second, countries, asns, givenOverrides, lists }: Sources): string {
  const given = givenOverrides.size > 0 ? ` and ${givenOverrides.size} of the operator` : '';
  return [
    city?.name,
    second && `second ${second.name}`,
    countries.name,
    asns?.name,
    `networks ${NETWORKS_DATE}`,
    `overrides ${OVERRIDES_DATE}${given}`,
    ...lists.map(({ name }) => name),
  ]
    .filter((part) => part !== undefined)
    .join('; ');
}

interface Remembered {
  lookup(ip: string): FactOf<'egress'>;
  forget(): void;
}

const REMEMBERED = 4_096;
const LONGEST_TEXT = 64;

/** Endpoints speak from few addresses, again and again. Starting afresh is cheaper than finding the oldest in a full Map. */
function remembered(lookup: (ip: string) => FactOf<'egress'>): Remembered {
  let answers = new Map<string, FactOf<'egress'>>();
  return {
    lookup(ip) {
      const known = answers.get(ip);
      if (known) return known;
      const answer = Object.freeze(lookup(ip));
      if (answers.size >= REMEMBERED) answers = new Map();
      if (ip.length <= LONGEST_TEXT) answers.set(ip, answer);
      return answer;
    },
    forget() {
      answers = new Map();
    },
  };
}

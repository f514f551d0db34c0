import type { FactOf } from '../../shared/facts.ts';
import { DAY } from '../../shared/time.ts';
import type { Log } from '../log.ts';
import { addressOf } from './address.ts';
import type { Attribution } from './attributions.ts';
import { answerOf } from './egress-fact.ts';
import { type Explanation, explain } from './explanation.ts';
import { type FileState, fileState } from './file-state.ts';
import type { Sources } from './gathered.ts';
import type { GeoConfig } from './geo-config.ts';
import { NETWORKS_DATE } from './networks.ts';
import { openSources } from './open-sources.ts';
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
  readonly attributions: readonly Attribution[];
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
    get attributions() {
      return opened.attributions();
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

const REMEMBERED = 2_048;
const SEEN = 2 ** 16;
const LONGEST_TEXT = 64;

/**
 * Endpoints speak from few addresses, again and again: an answer is kept from the second time on, and what was not asked for while
 * others filled a Map is forgotten.
 */
function remembered(lookup: (ip: string) => FactOf<'egress'>): Remembered {
  const seen = new Int32Array(SEEN);
  let recent = new Map<string, FactOf<'egress'>>();
  let before = new Map<string, FactOf<'egress'>>();
  return {
    lookup(ip) {
      const known = recent.get(ip);
      if (known) return known;
      const older = before.get(ip);
      const answer = older ?? Object.freeze(lookup(ip));
      if (ip.length > LONGEST_TEXT || !(older ?? again(seen, ip))) return answer;
      if (recent.size >= REMEMBERED) {
        before = recent;
        recent = new Map();
      }
      recent.set(ip, answer);
      return answer;
    },
    forget() {
      recent = new Map();
      before = new Map();
    },
  };
}

/** Whether the text was the last one of its slot. */
function again(seen: Int32Array, text: string): boolean {
  let sum = 1;
  for (let at = 0; at < text.length; at += 1) sum = (Math.imul(sum, 31) + text.charCodeAt(at)) | 0;
  const slot = (sum ^ (sum >>> 16)) & (SEEN - 1);
  if (seen[slot] === sum) return true;
  seen[slot] = sum;
  return false;
}

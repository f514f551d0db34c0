import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import { type Coverage, coverage } from '../detect/coverage.ts';
import { offsets } from '../detect/offsets.ts';
import { earlier, later } from '../detect/periods.ts';
import type { Endpoint } from '../detect/timeline.ts';
import { type DeclaredSince, declaredUntil, watchedTimeline } from '../store/coverage-evidence.ts';
import { endpointRowsIn } from '../store/pack-rows.ts';
import { columns, type Table } from './table.ts';
import type { TableSource } from './table-source.ts';

/** How much of each day each endpoint was watched, reckoned from what began before the end of the range. */
export function coverageTable(source: TableSource): Table {
  return {
    name: 'coverage',
    describes:
      'How much of each UTC day each endpoint was watched, in milliseconds; due = observed + resting + unobserved. By the declaration in force at the end of the day, and by nothing that began after the range.',
    columns: columns(
      'endpoint Endpoint',
      'contractor Contractor',
      'day UTC day',
      'basis `declared hours`, or `whole day` where no hours of work were declared',
      'declaration:integer Version of the declaration, of `declaration-versions`; null when nothing was declared',
      'due:integer What there was to observe: nothing before enrollment, after revocation and after the range',
      'observed:integer The agent ran on a machine that was awake',
      'resting:integer The machine slept or was shut down, as it proved afterwards',
      'unobserved:integer The rest: nobody knows what went on',
      'probes:json For how long each probe worked, of what was observed',
    ),
    rows: () => coverageRows(source),
  };
}

async function* coverageRows({ db, range, at }: TableSource) {
  const until = earlier(range.to, at);
  for (const [contractor, endpoints] of await endpointsByContractor({ db, range })) {
    const versions = await declaredUntil(db, contractor, until);
    for (const stretch of stretchesOf(versions, { from: range.from, to: until })) {
      const watched = { contractor, endpoints, ...declarationOf(stretch.declared) };
      for await (const day of covered(stretch, { db, watched, until })) {
        const { endpoint, day: utc, basis, due, observed, resting, unobserved, probes } = day;
        const declaration = stretch.declared?.id ?? null;
        yield {
          ...{ endpoint, contractor, day: utc, basis, declaration },
          ...{ due, observed, resting, unobserved, probes },
        };
      }
    }
  }
}

async function endpointsByContractor({
  db,
  range,
}: Pick<TableSource, 'db' | 'range'>): Promise<ReadonlyMap<string, readonly Endpoint[]>> {
  const found = new Map<string, Endpoint[]>();
  for await (const { id, contractor, enrolled_at, revoked_at } of endpointRowsIn(db, range)) {
    const own = found.get(contractor) ?? [];
    const revoked = revoked_at === null ? {} : { until: revoked_at };
    own.push({ id, contractor, enrolledAt: enrolled_at, ...revoked });
    found.set(contractor, own);
  }
  return found;
}

interface Stretch {
  readonly from: Instant;
  readonly to: Instant;
  /** Undefined when nothing was declared. */
  readonly declared: DeclaredSince | undefined;
}

/** The range in days and runs of days over which one declaration was in force. */
function stretchesOf(
  versions: readonly DeclaredSince[],
  { from, to }: { readonly from: Instant; readonly to: Instant },
): readonly Stretch[] {
  const midnights = versions.map(({ knownFrom }) => startOfDay(later(knownFrom, from)));
  const starts = [...new Set([from, ...midnights.filter((start) => start > from)])];
  return starts.flatMap((start, index) => {
    const end = starts[index + 1] ?? to;
    const endOfDay = instant(millis(startOfDay(start)) + DAY);
    return start < end
      ? [{ from: start, to: end, declared: versions.findLast(({ knownFrom }) => knownFrom < endOfDay) }]
      : [];
  });
}

function startOfDay(at: Instant): Instant {
  return `${at.slice(0, 10)}T00:00:00.000Z`;
}

function declarationOf(declared: DeclaredSince | undefined) {
  return declared?.declaration ? { declaration: declared.declaration } : {};
}

/** A silence is explained by what came before and after it, so that much more is looked at on both sides. */
const MARGIN = 30 * DAY;
const WINDOW = 60 * DAY;

interface Covering {
  readonly db: TableSource['db'];
  readonly watched: Pick<Parameters<typeof watchedTimeline>[1], 'contractor' | 'endpoints' | 'declaration'>;
  readonly until: Instant;
}

/** Window after window, so that memory holds one; where a window has too many spans, in halves. */
async function* covered({ from, to }: Stretch, covering: Covering): AsyncGenerator<Coverage> {
  const next = instant(millis(startOfDay(from)) + WINDOW);
  const end = earlier(to, next);
  yield* window({ from, to: end }, { ...covering, margin: MARGIN });
  if (end < to) yield* covered({ from: end, to, declared: undefined }, covering);
}

async function* window(
  part: { readonly from: Instant; readonly to: Instant },
  covering: Covering & { readonly margin: number },
): AsyncGenerator<Coverage> {
  const { db, watched, until, margin } = covering;
  const since = instant(millis(part.from) - margin);
  const now = earlier(until, instant(millis(part.to) + margin));
  const timeline = await watchedTimeline(db, { ...watched, since, now });
  const days = Math.ceil((millis(part.to) - millis(part.from)) / DAY);
  if (timeline.truncated && (days > 1 || margin > 0)) {
    const smaller = { ...covering, margin: days > 1 ? Math.floor(margin / 2) : 0 };
    const middle = instant(millis(startOfDay(part.from)) + Math.ceil(days / 2) * DAY);
    yield* window({ from: part.from, to: earlier(middle, part.to) }, smaller);
    if (middle < part.to) yield* window({ from: middle, to: part.to }, smaller);
    return;
  }
  yield* coverage(timeline, offsets(), part);
}

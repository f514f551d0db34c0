import { FACTS, type FactKind } from '../../shared/facts.ts';
import { PLACE_KINDS, placeKindOf } from '../../shared/place.ts';
import { type Instant, instant, millis } from '../../shared/time.ts';
import { later, touches } from './periods.ts';
import {
  type ContractorTimeline,
  type Endpoint,
  MOST_SPANS,
  type Period,
  type PlaceTimeline,
  type Profile,
  type Span,
  type Visit,
} from './timeline.ts';

interface Window {
  readonly now: Instant;
  readonly since: Instant;
  /** Whoever loaded the rows already left the oldest out. */
  readonly truncated?: boolean;
}

export interface ContractorEvidence extends Window {
  readonly contractor: Profile;
  readonly endpoints: readonly Endpoint[];
  readonly spans: readonly Span[];
}

export interface PlaceEvidence extends Window {
  readonly place: string;
  readonly visits: readonly Visit[];
  readonly contractors: readonly Profile[];
  /** By contractor id: the other places where they were. */
  readonly others?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Spans in any order become the timeline that rules see. */
export function contractorTimelineOf(evidence: ContractorEvidence): ContractorTimeline {
  const { kept: spans, ...window } = latest(evidence.spans, evidence);
  const inOrder = byKindInOrder(spans);
  return {
    scope: 'contractor',
    subject: evidence.contractor.id,
    ...window,
    contractor: evidence.contractor,
    endpoints: evidence.endpoints,
    spans<K extends FactKind>(kind: K, within?: Period) {
      const all = inOrder(kind);
      if (!areOf(all, kind)) return [];
      return within ? all.filter((span) => touches(span, within)) : all;
    },
    covers: coverageOf(evidence.endpoints, { spans, words: () => inOrder('agent') }),
  };
}

/** Each kind is put in order when it is first asked for, and once for all rules. */
function byKindInOrder(spans: readonly Span[]): (kind: FactKind) => readonly Span[] {
  const groups = Map.groupBy(spans, ({ kind }) => kind);
  const done = new Map<FactKind, readonly Span[]>();
  return (kind) => {
    const kept = done.get(kind) ?? (groups.get(kind) ?? []).toSorted(compareSpans);
    done.set(kind, kept);
    return kept;
  };
}

function compareSpans(a: Span, b: Span): number {
  return compare(a.from, b.from) || compare(a.id, b.id);
}

/** Groups hold one kind each, so the first tells of all. */
function areOf<K extends FactKind>(group: readonly Span[], kind: K): group is readonly Span<K>[] {
  return group[0]?.kind === kind;
}

/** Visits in any order become the timeline of a place. */
export function placeTimelineOf(evidence: PlaceEvidence): PlaceTimeline {
  const { kept, ...window } = latest(evidence.visits, evidence);
  const visits = kept.toSorted((a, b) => compare(a.from, b.from) || compare(a.span, b.span));
  const kind = placeKindOf(evidence.place);
  return {
    scope: 'place',
    subject: evidence.place,
    ...window,
    visits,
    contractors: new Map(evidence.contractors.map((contractor) => [contractor.id, contractor])),
    alsoAt: (contractor) => evidence.others?.get(contractor) ?? NOWHERE,
    covers: (asked) => visits.length > 0 && kind !== undefined && asked === PLACE_KINDS[kind],
  };
}

const NOWHERE: ReadonlySet<string> = new Set();

/** What goes on, and what ended last; when that is not all, the window begins where nothing is missing any more. */
function latest<T extends Period>(rows: readonly T[], { now, since, truncated = false }: Window) {
  if (rows.length <= MOST_SPANS) return { kept: rows, now, since, truncated };
  const sorted = rows.toSorted(
    (a, b) => -compare(a.to ?? GOES_ON, b.to ?? GOES_ON) || -compare(a.from, b.from),
  );
  const missing = sorted[MOST_SPANS]?.to;
  const complete = missing === undefined ? now : instant(millis(missing) + 1);
  return {
    kept: sorted.slice(0, MOST_SPANS).filter(({ to }) => to === undefined || to >= complete),
    now,
    since: later(since, complete),
    truncated: true,
  };
}

/** After every instant. */
const GOES_ON = '~';

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * A kind is covered by an endpoint whose latest word on its probes, which are named after what they tell of, calls this one ok; one
 * that has spoken and said nothing of probes is believed. What the collector sees itself is covered once an endpoint has spoken.
 */
function coverageOf(
  endpoints: readonly Endpoint[],
  { spans, words }: { readonly spans: readonly Span[]; readonly words: () => readonly Span[] },
): (kind: FactKind) => boolean {
  const spoke = new Set<string>();
  for (const { endpoint } of spans) spoke.add(endpoint);
  const speaking = endpoints.filter(({ id }) => spoke.has(id));
  const latestWords = new Map(words().map((word) => [word.endpoint, word]));
  return (kind) =>
    speaking.some(({ id }) => {
      const fact = latestWords.get(id)?.fact;
      if (FACTS[kind].source === 'collector' || fact?.kind !== 'agent') return true;
      return fact.probes[kind] === 'ok';
    });
}

import { FACTS, type FactKind } from '../../shared/facts.ts';
import { PLACE_KINDS, placeKindOf } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { touches } from './periods.ts';
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
  const { kept: spans, ...window } = newest(evidence.spans, evidence, (span) => span.id);
  const byKind = Map.groupBy(spans, ({ kind }) => kind);
  return {
    scope: 'contractor',
    subject: evidence.contractor.id,
    ...window,
    contractor: evidence.contractor,
    endpoints: evidence.endpoints,
    spans<K extends FactKind>(kind: K, within?: Period) {
      const ofKind = (span: Span): span is Span<K> => span.kind === kind;
      const all = (byKind.get(kind) ?? []).filter(ofKind);
      return within ? all.filter((span) => touches(span, within)) : all;
    },
    covers: coverageOf(evidence.endpoints, spans),
  };
}

/** Visits in any order become the timeline of a place. */
export function placeTimelineOf(evidence: PlaceEvidence): PlaceTimeline {
  const { kept: visits, ...window } = newest(evidence.visits, evidence, (visit) => visit.span);
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

/** The newest rows by `from`, and by id among equals, so that the order of arrival does not show. */
function newest<T extends Period>(rows: readonly T[], window: Window, idOf: (row: T) => string) {
  const sorted = rows.toSorted((a, b) => compare(a.from, b.from) || compare(idOf(a), idOf(b)));
  const kept = sorted.slice(-MOST_SPANS);
  const truncated = window.truncated === true || kept.length < sorted.length;
  const oldest = kept[0]?.from ?? window.since;
  const since = truncated && oldest > window.since ? oldest : window.since;
  return { kept, now: window.now, since, truncated };
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * A kind is covered by an endpoint whose latest word on its probes, which are named after what they tell of, calls this one ok; one
 * that has spoken and said nothing of probes is believed. What the collector sees itself is covered once an endpoint has spoken.
 */
function coverageOf(endpoints: readonly Endpoint[], spans: readonly Span[]): (kind: FactKind) => boolean {
  const latest = new Map<string, Span>();
  const spoke = new Set<string>();
  for (const span of spans) {
    spoke.add(span.endpoint);
    if (span.kind === 'agent') latest.set(span.endpoint, span);
  }
  return (kind) =>
    endpoints.some(({ id }) => {
      if (!spoke.has(id)) return false;
      const fact = latest.get(id)?.fact;
      if (FACTS[kind].source === 'collector' || fact?.kind !== 'agent') return true;
      return fact.probes[kind] === 'ok';
    });
}

import type { Declaration } from '../../shared/declaration.ts';
import type { FactKind, FactOf, NetworkClass, Source } from '../../shared/facts.ts';
import type { Instant } from '../../shared/time.ts';

/** A fact from … to …, as stored. Times are corrected by the clock offset measured at the connection that brought it. */
export interface Span<K extends FactKind = FactKind> {
  readonly id: string;
  readonly endpoint: string;
  readonly contractor: string;
  readonly kind: K;
  readonly key: string;
  readonly source: Source;
  readonly from: Instant;
  /** Undefined while it goes on. Equal to `from` for what was noted once. */
  readonly to?: Instant;
  readonly fact: FactOf<K>;
}

/** One contractor's stay at a place that several could share. */
export interface Visit {
  /** The span that tells of it. */
  readonly span: string;
  readonly contractor: string;
  readonly endpoint: string;
  readonly from: Instant;
  readonly to?: Instant;
  readonly networkClass: NetworkClass;
}

/** A period of time; `to` undefined means until now. */
export interface Period {
  readonly from: Instant;
  readonly to?: Instant;
}

/** What is known of a person besides what was seen. */
export interface Profile {
  readonly id: string;
  /** Undefined when nobody imported one. */
  readonly declaration?: Declaration;
}

export interface Endpoint {
  readonly id: string;
  readonly contractor: string;
  readonly enrolledAt: Instant;
  /** When it was revoked; nothing is due from it then. Known where coverage is reckoned. */
  readonly until?: Instant;
}

/** All that a rule may know: the look-back window of one contractor. Read-only, and its `now` is the only clock. */
export interface ContractorTimeline {
  readonly scope: 'contractor';
  readonly subject: string;
  readonly now: Instant;
  /** Start of the look-back window; later where `truncated`. */
  readonly since: Instant;
  /** There were more than `MOST_SPANS`: what ended first is missing, and rules are undetermined besides what they find. */
  readonly truncated: boolean;
  readonly contractor: Profile;
  readonly endpoints: readonly Endpoint[];
  /** Spans of a kind in order of `from`, those that touch `within` when it is given. */
  spans<K extends FactKind>(kind: K, within?: Period): readonly Span<K>[];
  /** Whether at least one endpoint was able to see this kind; where not, absence of spans means nothing. */
  covers(kind: FactKind): boolean;
}

/** The look-back window of one place and of everyone who came there. */
export interface PlaceTimeline {
  readonly scope: 'place';
  /** Such as `egress:198.51.100.7`. */
  readonly subject: string;
  readonly now: Instant;
  readonly since: Instant;
  readonly truncated: boolean;
  /** In order of `from`. */
  readonly visits: readonly Visit[];
  /** Who came, by contractor id. */
  readonly contractors: ReadonlyMap<string, Profile>;
  /** Other places where this visitor was within the window. */
  alsoAt(contractor: string): ReadonlySet<string>;
  covers(kind: FactKind): boolean;
}

/** The most spans or visits that one timeline holds, so that nobody's chatter can exhaust the collector. */
export const MOST_SPANS = 100_000;

export type Timeline = ContractorTimeline | PlaceTimeline;

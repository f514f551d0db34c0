import type { Circle } from '../../shared/geo.ts';
import { HOUR, millis } from '../../shared/time.ts';
import type { ContractorTimeline, Span } from './timeline.ts';
import { type Egress, pointAt } from './whereabouts.ts';

/** Where somebody was: there by `since` at the latest, and still there at `until`. Milliseconds since 1970. */
export interface Fix {
  readonly span: Egress;
  readonly at: Circle;
  readonly since: number;
  readonly until: number;
}

export interface Move {
  readonly before: Fix;
  readonly after: Fix;
}

/** Every egress that is a point to measure from, in order of time. */
export function fixesOf(timeline: ContractorTimeline): readonly Fix[] {
  return timeline.spans('egress').flatMap((span) => {
    const at = pointAt(span.fact);
    if (!at) return [];
    return [{ span, at, since: millis(span.from), until: millis(span.to ?? timeline.now) }];
  });
}

/** From each place of an endpoint to its next one. */
export function withinEndpoints(fixes: readonly Fix[]): readonly Move[] {
  return [...Map.groupBy(fixes, ({ span }) => span.endpoint).values()].flatMap((own) =>
    own.flatMap((after, index) => {
      const before = own[index - 1];
      return before ? [{ before, after }] : [];
    }),
  );
}

/**
 * From each place of a person to their next one on another endpoint. A machine that is left on is not where its user is, so where an
 * endpoint tells of its use, only the hours in which a hand was on it count.
 */
export function acrossEndpoints(fixes: readonly Fix[], timeline: ContractorTimeline): readonly Move[] {
  const byEndpoint = Map.groupBy(fixes, ({ span }) => span.endpoint);
  if (byEndpoint.size < 2) return [];
  const activity = Map.groupBy(timeline.spans('activity'), ({ endpoint }) => endpoint);
  const used = [...byEndpoint].flatMap(([endpoint, own]) => {
    const hours = activity.get(endpoint);
    return hours ? hours.flatMap((hour) => inUse(own, hour) ?? []) : own;
  });
  return changesOfEndpoint(used.toSorted((a, b) => a.since - b.since || (a.span.id < b.span.id ? -1 : 1)));
}

/** The place of an endpoint during an hour in which it was used by hand, if it was one place. The use was somewhen in the hour. */
function inUse(fixes: readonly Fix[], { fact }: Span<'activity'>): Fix | undefined {
  const hour = millis(fact.hour);
  if (fact.local === 0) return undefined;
  let [low, high] = [0, fixes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fixes[middle]?.since ?? 0) <= hour) low = middle + 1;
    else high = middle;
  }
  const fix = fixes[low - 1];
  return fix && fix.until >= hour + HOUR ? { ...fix, since: hour + HOUR, until: hour } : undefined;
}

/** For each fix the latest one of another endpoint; `other` is the latest of all endpoints but that of `latest`. */
function changesOfEndpoint(fixes: readonly Fix[]): readonly Move[] {
  const moves: Move[] = [];
  let latest: Fix | undefined;
  let other: Fix | undefined;
  for (const after of fixes) {
    const again = latest?.span.endpoint === after.span.endpoint;
    const before = again ? other : latest;
    if (before) moves.push({ before, after });
    if (!latest || after.until >= latest.until) [latest, other] = [after, again ? other : latest];
    else if (!again && (!other || after.until >= other.until)) other = after;
  }
  return moves;
}

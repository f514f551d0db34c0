import type { Instant } from '../../shared/time.ts';
import { lengthMs, spread } from './periods.ts';
import type { Period, PlaceTimeline, Visit } from './timeline.ts';

/** How several were at one place: at the same time, or one after the other. */
export interface Company {
  readonly how: 'alone' | 'together' | 'in turn';
  /** During so much time at least two of them were there. */
  readonly togetherMs: number;
  /** From the first such moment to the last; absent where there was none. */
  readonly period?: Period;
}

/** Says whether visitors met. `who` tells whose visit it is: those of one household are one. Visits in any order. */
export function companyOf(visits: readonly Visit[], now: Instant, who: (visit: Visit) => string): Company {
  const visitors = new Set(visits.map(who));
  if (visitors.size < 2) return { how: 'alone', togetherMs: 0 };
  const meetings = meetingsOf(visits, who);
  const period = spread(meetings);
  if (!period) return { how: 'in turn', togetherMs: 0 };
  const togetherMs = meetings.reduce((sum, meeting) => sum + lengthMs(meeting, now), 0);
  return { how: 'together', togetherMs, period };
}

interface Turn {
  readonly at: Instant | undefined;
  readonly who: string;
  readonly step: 1 | -1;
}

/** The periods in which at least two were there, one after the other. */
function meetingsOf(visits: readonly Visit[], who: (visit: Visit) => string): readonly Period[] {
  const there = new Map<string, number>();
  const meetings: Period[] = [];
  let since: Instant | undefined;
  for (const { at, who: visitor, step } of turnsOf(visits, who)) {
    const count = (there.get(visitor) ?? 0) + step;
    if (count === 0) there.delete(visitor);
    else there.set(visitor, count);
    if (since === undefined && there.size > 1) since = at;
    if (since !== undefined && there.size < 2) {
      meetings.push(at === undefined ? { from: since } : { from: since, to: at });
      since = undefined;
    }
  }
  return meetings;
}

/** Comings and goings in order of time. Whoever comes at the moment when another goes has met nobody, nor has who went as they came. */
function turnsOf(visits: readonly Visit[], who: (visit: Visit) => string): readonly Turn[] {
  return visits
    .filter(({ from, to }) => from !== to)
    .flatMap((visit): Turn[] => [
      { at: visit.from, who: who(visit), step: 1 },
      { at: visit.to, who: who(visit), step: -1 },
    ])
    .toSorted((a, b) => orderOf(a.at, b.at) || a.step - b.step);
}

/** Without a moment it has not happened yet, so it comes last. */
function orderOf(a: Instant | undefined, b: Instant | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  return b === undefined || a < b ? -1 : 1;
}

/** Who declared no site is a site of their own. */
export function siteOf(contractor: string, timeline: Pick<PlaceTimeline, 'contractors'>): string {
  const site = timeline.contractors.get(contractor)?.declaration?.sharedSite;
  return site === undefined ? `of ${contractor}` : `named ${site}`;
}

export function sitesText(
  contractors: readonly string[],
  timeline: Pick<PlaceTimeline, 'contractors'>,
): string {
  const site = (id: string) => timeline.contractors.get(id)?.declaration?.sharedSite ?? 'none';
  return contractors.map((id) => `${id}: ${site(id)}`).join(', ');
}

/** Whose endpoint it is by the latest visit: one that was given to somebody else met nobody by that. */
export function ownersOf(visits: readonly Visit[]): (visit: Visit) => string {
  const owners = new Map(visits.map(({ endpoint, contractor }) => [endpoint, contractor]));
  return ({ endpoint, contractor }) => owners.get(endpoint) ?? contractor;
}

import { placeKindOf } from '../../shared/place.ts';
import { siteOf } from './company.ts';
import type { PlaceTimeline } from './timeline.ts';

/** By contractor. */
export type Artifacts = ReadonlyMap<string, ReadonlySet<string>>;

/** What each visitor had at hand besides: places that are no addresses. */
export function artifactsOf(timeline: PlaceTimeline, excused: readonly string[] = []): Artifacts {
  const isArtifact = (place: string) => placeKindOf(place) !== 'egress' && !excused.includes(place);
  return new Map(
    [...timeline.contractors.keys()].map((id) => [id, new Set([...timeline.alsoAt(id)].filter(isArtifact))]),
  );
}

/** The most contractors whom shared things connect, directly or through each other. Of equal groups, the first by name. */
export function largestGroup(timeline: PlaceTimeline, artifacts: Artifacts): ReadonlySet<string> {
  let groups: { readonly members: ReadonlySet<string>; readonly things: ReadonlySet<string> }[] = [];
  for (const id of [...timeline.contractors.keys()].toSorted()) {
    const own = artifacts.get(id) ?? new Set();
    if (own.size === 0) continue;
    const meets = groups.filter(({ things }) => [...own].some((thing) => things.has(thing)));
    const members = new Set([...meets.flatMap((group) => [...group.members]), id]);
    const things = new Set([...meets.flatMap((group) => [...group.things]), ...own]);
    groups = [...groups.filter((group) => !meets.includes(group)), { members, things }];
  }
  const sizeOf = (members: ReadonlySet<string>) =>
    new Set([...members].map((id) => siteOf(id, timeline))).size;
  const [largest] = groups
    .map(({ members }) => members)
    .filter((members) => sizeOf(members) > 1)
    .toSorted((a, b) => sizeOf(b) - sizeOf(a));
  return largest ?? new Set();
}

/** Whether the router of each is known and no two have one in common: then a provider put them behind one address. */
export function haveOwnRouters(contractors: readonly string[], artifacts: Artifacts): boolean {
  const seen = new Set<string>();
  for (const id of contractors) {
    const all = [...(artifacts.get(id) ?? [])];
    const routers = all.filter((place) => placeKindOf(place) === 'gateway');
    if (routers.length === 0 || all.some((place) => seen.has(place))) return false;
    for (const place of all) seen.add(place);
  }
  return true;
}

/** What contractors of different sites have in common. */
export function commonTo(
  contractors: readonly string[],
  { timeline, artifacts }: { readonly timeline: PlaceTimeline; readonly artifacts: Artifacts },
): readonly string[] {
  const sites = new Map<string, Set<string>>();
  for (const id of contractors) {
    for (const place of artifacts.get(id) ?? [])
      sites.set(place, (sites.get(place) ?? new Set()).add(siteOf(id, timeline)));
  }
  return [...sites].flatMap(([place, who]) => (who.size > 1 ? [place] : [])).toSorted();
}

import type { QueryClient } from '@tanstack/react-query';
import type { FeedEntry } from '../../../shared/api.ts';
import type { Topic } from './queries.ts';
import { refreshFindings } from './refresh-findings.ts';

const GATHER_MS = 50;

/** Which queries a feed entry makes stale. A key of one word stands for all queries that begin with it. */
function staleBy({ topic, ref }: FeedEntry): readonly (readonly [Topic, string?])[] {
  const everywhere = [['status'], ['contractors'], ['contractor'], ['finding']] as const;
  if (topic === 'finding')
    return [
      ...([['status'], ['finding-counts'], ['finding', ref], ['contractors'], ['contractor']] as const),
      ...([['case'], ['rules'], ['proposals'], ['proposal'], ['places'], ['place']] as const),
    ];
  if (topic === 'proposal') return [['proposals'], ['proposal', ref], ['rules'], ['rule']];
  if (topic === 'token') return [['tokens']];
  if (topic === 'case') return [['status'], ['cases'], ['case', ref]];
  if (topic === 'endpoint')
    return [...everywhere, ['endpoints'], ['endpoint', ref], ['fleet'], ['tokens'], ['places'], ['place']];
  return [...everywhere, ['findings'], ['endpoints'], ['endpoint'], ['places'], ['place'], ['picture', ref]];
}

/** What counts a little of everything. */
const ALWAYS: readonly (readonly [Topic])[] = [['overview'], ['checklist']];

/**
 * Refetches what entries make stale: those of 50 ms in one go, and never a second round before the first is answered, so a
 * storm of entries costs one request per visible query at a time.
 */
export function newRefresher(client: QueryClient): (entry: FeedEntry) => void {
  const stale = new Map<string, readonly string[]>();
  let changed = new Set<string>();
  let busy = false;

  const flush = async () => {
    const keys = [...stale.values()];
    const findings = changed;
    stale.clear();
    changed = new Set();
    await Promise.allSettled([
      ...keys.map((queryKey) => client.invalidateQueries({ queryKey })),
      ...(findings.size > 0 ? [refreshFindings(client, findings)] : []),
    ]);
    busy = false;
    if (stale.size > 0) schedule();
  };
  const schedule = () => {
    if (busy) return;
    busy = true;
    setTimeout(() => void flush(), GATHER_MS);
  };

  return (entry) => {
    if (entry.topic === 'finding') changed.add(entry.ref);
    for (const key of [...staleBy(entry), ...ALWAYS]) {
      const words = key.filter((word) => word !== undefined);
      stale.set(words.join('|'), words);
    }
    schedule();
  };
}

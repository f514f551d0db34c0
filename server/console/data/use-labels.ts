import { useQueries } from '@tanstack/react-query';
import { labelsQuery } from './queries.ts';

/** As many ids as one request asks for. */
const CHUNK = 100;

/** What people call these contractors, as far as it is known yet. */
export function useLabels(ids: readonly string[]): ReadonlyMap<string, string> {
  const asked = [...new Set(ids)].toSorted();
  const chunks = Array.from({ length: Math.ceil(asked.length / CHUNK) }, (_, index) =>
    asked.slice(index * CHUNK, (index + 1) * CHUNK),
  );
  return useQueries({
    queries: chunks.map(labelsQuery),
    combine: (results) => new Map(results.flatMap(({ data }) => Object.entries(data?.labels ?? {}))),
  });
}

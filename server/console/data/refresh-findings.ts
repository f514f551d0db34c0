import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import {
  type FindingRow,
  type FindingsPage,
  type FindingsQuery,
  findingsQuerySchema,
  MOST_IDS,
} from '../../../shared/api/findings.ts';
import { SEVERITIES } from '../../../shared/finding.ts';
import { api } from './api.ts';

type Pages = InfiniteData<FindingsPage, string | null>;

/**
 * Brings lists of findings that are on screen up to date with what changed, by one request each, however far down somebody has read:
 * what still fits stands where its order puts it, what does not is gone. Lists that nobody sees are asked for anew when they are.
 */
export async function refreshFindings(client: QueryClient, ids: ReadonlySet<string>): Promise<void> {
  const lists = client.getQueryCache().findAll({ queryKey: ['findings'] });
  await Promise.all(lists.map((list) => refreshed(client, list, ids)));
}

async function refreshed(client: QueryClient, list: Query, ids: ReadonlySet<string>): Promise<void> {
  const { queryKey } = list;
  const { data: asked } = findingsQuerySchema.safeParse(queryKey[1]);
  const first = client.getQueryData<Pages>(queryKey);
  // Of one page all is asked for: that is as cheap. What is being read already would be written over.
  const small = first === undefined || first.pages.length < 2;
  const all = () => client.invalidateQueries({ queryKey, exact: true });
  const busy = () => list.state.fetchStatus !== 'idle';
  if (!asked || small || !list.isActive() || ids.size > MOST_IDS || busy() || isEnd(first, ids)) return all();
  try {
    const changed = await api.findings(
      { ...asked, ids: [...ids].join(','), limit: MOST_IDS },
      AbortSignal.timeout(TIMEOUT_MS),
    );
    if (busy()) return all();
    client.setQueryData<Pages>(queryKey, (pages) => pages && placed(pages, { changed, ids, asked }));
    return undefined;
  } catch {
    // The query tells of whatever went wrong, and tries again.
    return all();
  }
}

/** The last row is where the next page goes on, so it has to stay. */
function isEnd({ pages }: Pages, ids: ReadonlySet<string>): boolean {
  return ids.has(pages.at(-1)?.findings.at(-1)?.id ?? '');
}

const TIMEOUT_MS = 10_000;

interface Changes {
  readonly changed: FindingsPage;
  readonly ids: ReadonlySet<string>;
  readonly asked: FindingsQuery;
}

/** What belongs behind the last row that is known waits there with the others. */
export function placed(data: Pages, { changed, ids, asked }: Changes): Pages {
  const before = ordering(asked);
  const ended = data.pages.at(-1)?.next == null;
  let left = [...changed.findings];
  const pages = data.pages.map((page, index) => {
    const kept = page.findings.filter(({ id }) => !ids.has(id));
    const last = kept.at(-1);
    const here = (row: FindingRow) =>
      index === data.pages.length - 1 && ended ? true : last !== undefined && before(row, last) < 0;
    const findings = [...kept, ...left.filter(here)].toSorted(before);
    left = left.filter((row) => !here(row));
    return { ...page, findings, labels: { ...page.labels, ...changed.labels } };
  });
  return { ...data, pages };
}

/** As the collector sorts them. */
function ordering({ sort = 'updated', order = 'desc' }: FindingsQuery) {
  const up = (sort === 'age') !== (order === 'asc');
  return (a: FindingRow, b: FindingRow): number => {
    const [one, other] = [KEYS[sort](a), KEYS[sort](b)];
    const differs = one.findIndex((value, index) => value !== other[index]);
    if (differs < 0) return 0;
    return (one[differs] ?? 0) < (other[differs] ?? 0) === up ? -1 : 1;
  };
}

type Key = (row: FindingRow) => readonly (string | number)[];
const KEYS: Readonly<Record<NonNullable<FindingsQuery['sort']>, Key>> = {
  updated: ({ updatedAt, id }) => [updatedAt, id],
  severity: ({ severity, foundAt, id }) => [SEVERITIES.indexOf(severity), foundAt, id],
  risk: ({ risk, foundAt, id }) => [risk, foundAt, id],
  age: ({ foundAt, id }) => [foundAt, id],
};

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { Button } from 'react-aria-components/Button';
import type { FindingsQuery } from '../../../shared/api/findings.ts';
import { findingsQuery, statusQuery } from '../data/queries.ts';
import { PageHead } from '../parts/page.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { plural } from '../text/labels.ts';
import { QueueFilters } from './queue-filters.tsx';
import { QueueRows } from './queue-rows.tsx';
import { SavedFilters } from './saved-filters.tsx';
import { ACTIVE, useQueueFilter } from './use-queue-filter.ts';

/** What contradicts a declaration and waits for an analyst. */
export function QueuePage() {
  const queue = useQueueFilter();
  const { filter } = queue;
  const findings = useInfiniteQuery(findingsQuery(filter));
  const rows = useMemo(() => findings.data?.pages.flatMap((page) => page.findings), [findings.data]);
  const labels = useMemo(
    () => new Map(findings.data?.pages.flatMap((page) => Object.entries(page.labels))),
    [findings.data],
  );
  const { data: status } = useQuery(statusQuery);
  const open = status?.counts.open ?? 0;
  const more = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = findings;
  useEffect(() => {
    const below = more.current;
    if (!below || !hasNextPage || isFetchingNextPage) return undefined;
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some(({ isIntersecting }) => isIntersecting)) void fetchNextPage();
      },
      { rootMargin: '600px' },
    );
    watcher.observe(below);
    return () => watcher.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  return (
    <>
      <PageHead title="Queue" windowTitle={open > 0 ? `(${open}) Queue` : 'Queue'} aside={<SavedFilters />}>
        <QueueFilters {...queue} findings={rows ?? []} />
      </PageHead>
      <Loaded query={{ ...findings, data: rows }}>
        {(loaded) =>
          loaded.length === 0 ? (
            <NothingHere filter={filter} endpoints={status?.counts.endpoints ?? 0} />
          ) : (
            <QueueRows key={JSON.stringify(filter)} findings={loaded} labels={labels} filter={filter} />
          )
        }
      </Loaded>
      {hasNextPage && (
        <div ref={more}>
          <Button
            className="button more"
            isDisabled={isFetchingNextPage}
            onPress={() => void fetchNextPage()}
          >
            {isFetchingNextPage ? 'Loading…' : 'Load more findings'}
          </Button>
        </div>
      )}
    </>
  );
}

function NothingHere({ filter, endpoints }: { readonly filter: FindingsQuery; readonly endpoints: number }) {
  const { outcome, status, sort: _, order: __, ...others } = filter;
  if (Object.keys(others).length > 0 || outcome !== 'open' || status !== ACTIVE)
    return (
      <Empty title="No finding fits these filters.">
        <p>Take one away to see more.</p>
      </Empty>
    );
  return (
    <Empty title="Nothing waits for you.">
      <p>
        {endpoints === 0
          ? 'No endpoint reports yet; enroll one with a token from `farhand token create`.'
          : `Whatever contradicts a declaration was decided. ${plural(endpoints, 'endpoint reports', 'endpoints report')}.`}
      </p>
    </Empty>
  );
}

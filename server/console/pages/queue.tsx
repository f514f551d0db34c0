import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Button } from 'react-aria-components/Button';
import type { FindingsQuery } from '../../../shared/api.ts';
import type { Finding } from '../../../shared/finding.ts';
import { findingsQuery, statusQuery } from '../data/queries.ts';
import { useLabels } from '../data/use-labels.ts';
import { FindingsTable } from '../parts/findings-table.tsx';
import { PageHead } from '../parts/page.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { useHeldRows } from '../parts/use-held-rows.ts';
import { plural } from '../text/labels.ts';
import { QueueFilters, useQueueFilter } from './queue-filters.tsx';

/** What contradicts a declaration, newest first. */
export function QueuePage() {
  const queue = useQueueFilter();
  const { filter } = queue;
  const findings = useInfiniteQuery(findingsQuery(filter));
  const rows = useMemo(() => findings.data?.pages.flatMap((page) => page.findings), [findings.data]);
  const { data: status } = useQuery(statusQuery);
  const open = status?.counts.open ?? 0;

  return (
    <>
      <PageHead title="Queue" windowTitle={open > 0 ? `(${open}) Queue` : 'Queue'}>
        <QueueFilters {...queue} findings={rows ?? []} />
      </PageHead>
      <Loaded query={{ ...findings, data: rows }}>
        {(loaded) =>
          loaded.length === 0 ? (
            <NothingHere filter={filter} endpoints={status?.counts.endpoints ?? 0} />
          ) : (
            <Rows key={JSON.stringify(filter)} findings={loaded} outcomes={filter.outcome === undefined} />
          )
        }
      </Loaded>
      {findings.hasNextPage && (
        <Button
          className="button more"
          isDisabled={findings.isFetchingNextPage}
          onPress={() => void findings.fetchNextPage()}
        >
          {findings.isFetchingNextPage ? 'Loading…' : 'Load older findings'}
        </Button>
      )}
    </>
  );
}

function Rows({ findings, outcomes }: { readonly findings: readonly Finding[]; readonly outcomes: boolean }) {
  const { shown, waiting, showAll } = useHeldRows(findings);
  const labels = useLabels(findings.flatMap(({ contractors }) => contractors));
  return (
    <>
      <div className="new-bar" role="status">
        {waiting > 0 && (
          <Button className="button new-button" onPress={showAll}>
            {plural(waiting, 'new finding')} <kbd>.</kbd>
          </Button>
        )}
      </div>
      <FindingsTable findings={shown} labels={labels} outcomes={outcomes} />
    </>
  );
}

function NothingHere({ filter, endpoints }: { readonly filter: FindingsQuery; readonly endpoints: number }) {
  const { outcome, ...others } = filter;
  if (Object.keys(others).length > 0 || outcome !== 'open')
    return (
      <Empty title="No finding fits these filters.">
        <p>Take one away to see more.</p>
      </Empty>
    );
  return (
    <Empty title="Nothing contradicts a declaration right now.">
      <p>
        {endpoints === 0
          ? 'No endpoint reports yet; enroll one with a token from `farhand token create`.'
          : `${plural(endpoints, 'endpoint reports', 'endpoints report')}.`}
      </p>
    </Empty>
  );
}

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Overview } from '../../../shared/api/overview.ts';
import { markSeen, overviewQuery } from '../data/overview.ts';
import { ChangesList } from '../parts/overview/changes-list.tsx';
import { FirstSteps } from '../parts/overview/first-steps.tsx';
import { FleetCoverage } from '../parts/overview/fleet-coverage.tsx';
import { OpenMatrix } from '../parts/overview/open-matrix.tsx';
import { Trend } from '../parts/overview/trend.tsx';
import { WaitingCases } from '../parts/overview/waiting-cases.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { Loaded, Skeleton } from '../parts/states.tsx';
import { At } from '../parts/time.tsx';
import { failureText } from '../text/failure-text.ts';

const WorldSection = lazy(() =>
  import('../parts/overview/world-section.tsx').then((part) => ({ default: part.WorldSection })),
);

/** What somebody needs to know who was away: what changed, what stands, where it goes. */
export function OverviewPage() {
  const overview = useQuery(overviewQuery);
  return (
    <>
      <PageHead title="Overview" />
      <FirstSteps />
      <Loaded query={overview} skeleton={<Skeleton rows={16} />}>
        {(loaded) => <Parts overview={loaded} />}
      </Loaded>
    </>
  );
}

function Parts({ overview }: { readonly overview: Overview }) {
  return (
    <div className="overview">
      <Section
        title={overview.seenAt === null ? 'In the last 24 hours' : 'Since you last looked'}
        note={<At at={overview.since} />}
      >
        <ChangesList overview={overview} />
        <Seen overview={overview} />
      </Section>
      <Section title="Needs somebody" note={overview.waiting.count > 0 ? overview.waiting.count : undefined}>
        <WaitingCases waiting={overview.waiting} />
      </Section>
      <Section title="Open findings">
        <OpenMatrix open={overview.open} />
      </Section>
      <Section title="Fleet">
        <FleetCoverage fleet={overview.fleet} />
      </Section>
      <Section title="Found and resolved">
        <Trend trend={overview.trend} />
      </Section>
      <Section title="Where contractors are now">
        <Suspense fallback={<div className="world-room" />}>
          <WorldSection />
        </Suspense>
      </Section>
    </div>
  );
}

function Seen({ overview }: { readonly overview: Overview }) {
  const client = useQueryClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: markSeen,
    onSuccess: () => client.invalidateQueries({ queryKey: overviewQuery.queryKey, exact: true }),
  });
  return (
    <p className="overview-seen">
      <Button className="button" isDisabled={isPending} onPress={() => mutate(overview)}>
        Mark as seen
      </Button>
      <span className="faint" role="status">
        {error === null ? 'The next count starts here, for you alone.' : failureText(error).title}
      </span>
    </p>
  );
}

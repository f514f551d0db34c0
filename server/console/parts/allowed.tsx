import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Right, rightsOf } from '../../../shared/account.ts';
import { sessionQuery } from '../data/queries.ts';
import { PageHead } from './page.tsx';
import { Empty, Skeleton } from './states.tsx';

/** A page that not every role may have; who may not is told so instead of being refused later. */
export function Allowed(props: {
  readonly right: Right;
  readonly title: string;
  readonly children: ReactNode;
}) {
  const { right, title, children } = props;
  const { data: session } = useQuery(sessionQuery);
  if (!session) return <Skeleton />;
  if (rightsOf(session.role).includes(right)) return children;
  return (
    <>
      <PageHead title={title} />
      <Empty title="Your role does not include this.">
        <p>You are signed in as {session.role}. An administrator can change roles.</p>
      </Empty>
    </>
  );
}

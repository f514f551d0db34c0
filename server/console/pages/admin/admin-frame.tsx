import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Right, rightsOf } from '../../../../shared/account.ts';
import { sessionQuery } from '../../data/queries.ts';
import { Allowed } from '../../parts/allowed.tsx';
import { PageHead } from '../../parts/page.tsx';
import { Skeleton } from '../../parts/states.tsx';
import { Tabs } from '../../parts/tabs.tsx';

const PARTS: readonly { readonly href: string; readonly label: string; readonly right: Right }[] = [
  { href: '/admin/roster', label: 'Roster', right: 'administer' },
  { href: '/admin/accounts', label: 'Accounts', right: 'administer' },
  { href: '/admin/collector', label: 'Collector', right: 'administer' },
  { href: '/admin/actions', label: 'Action log', right: 'audit' },
];

/** Head and parts of the administration; in words, when the role does not include what was asked for. */
export function AdminFrame(props: { readonly right: Right; readonly children: ReactNode }) {
  const { data: session } = useQuery(sessionQuery);
  if (!session) return <Skeleton />;
  const rights = rightsOf(session.role);
  return (
    <Allowed right={props.right} title="Administration">
      <PageHead title="Administration">
        <Tabs label="Administration" tabs={PARTS.filter(({ right }) => rights.includes(right))} />
      </PageHead>
      {props.children}
    </Allowed>
  );
}

import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { rightsOf } from '../../../shared/account.ts';
import type { Status } from '../../../shared/api.ts';
import { proposalsQuery } from '../data/fleet-queries.ts';
import { sessionQuery } from '../data/queries.ts';
import { Icon } from '../parts/icon.tsx';
import { AccountMenu } from './account-menu.tsx';
import { FeedState } from './feed-state.tsx';
import { type Section, useSection } from './section.ts';

export function Navigation({ status }: { readonly status: Status }) {
  const section = useSection();
  const { counts } = status;
  const { data: session } = useQuery(sessionQuery);
  const rights = session ? rightsOf(session.role) : [];
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const here = nav.current?.querySelector<HTMLElement>(`[data-section=${section}]`);
    if (nav.current) nav.current.scrollLeft = here ? here.offsetLeft - here.offsetWidth : 0;
  }, [section]);
  const mayAudit = rights.includes('audit');
  const mayAdminister = rights.includes('administer');
  return (
    <div className="side">
      <div className="brand" aria-hidden="true">
        Farhand
      </div>
      <nav aria-label="Main" ref={nav}>
        <Item href="/overview" icon="overview" label="Overview" here={section === 'overview'} />
        <Item href="/" icon="queue" label="Queue" here={section === 'queue'}>
          <Count value={counts.open} of="open findings" strong={counts.open > 0} />
        </Item>
        <Item href="/cases" icon="cases" label="Cases" here={section === 'cases'}>
          <Count value={counts.cases} of="active cases" strong={counts.cases > 0} />
        </Item>
        <Item href="/contractors" icon="contractors" label="Contractors" here={section === 'contractors'}>
          <Count value={counts.contractors} of="contractors" />
        </Item>
        <Item href="/endpoints" icon="endpoints" label="Endpoints" here={section === 'endpoints'}>
          <span className="count" title={`${counts.online} of ${counts.endpoints} endpoints are online`}>
            {counts.online}/{counts.endpoints}
            <span className="hidden"> online</span>
          </span>
        </Item>
        <Item href="/places" icon="places" label="Places" here={section === 'places'} />
        <Item href="/rules" icon="rules" label="Rules" here={section === 'rules'} />
        <Item href="/exceptions" icon="exceptions" label="Exceptions" here={section === 'exceptions'}>
          <Pending />
        </Item>
        {mayAudit && <Item href="/audit" icon="audit" label="Audit" here={section === 'audit'} />}
        {(mayAdminister || mayAudit) && (
          <Item
            href={mayAdminister ? '/admin/roster' : '/admin/actions'}
            icon="admin"
            label="Administration"
            here={section === 'admin'}
          />
        )}
      </nav>
      <div className="side-foot">
        <FeedState />
        <AccountMenu version={status.version} />
      </div>
    </div>
  );
}

function Item(props: {
  readonly href: string;
  readonly icon: Exclude<Section, 'account' | 'help'>;
  readonly label: string;
  readonly here: boolean;
  readonly children?: ReactNode;
}) {
  const { href, icon, label, here, children } = props;
  return (
    <Link href={href} className="nav-item" data-section={icon} aria-current={here ? 'page' : undefined}>
      <Icon name={icon} />
      <span className="nav-label">{label}</span>
      {children}
    </Link>
  );
}

/** Requests that wait for a second person. */
function Pending() {
  const { data } = useQuery(proposalsQuery({ status: 'pending' }));
  const waiting = data?.proposals.length ?? 0;
  return waiting > 0 && <Count value={waiting} of="requests wait" strong />;
}

function Count(props: { readonly value: number; readonly of: string; readonly strong?: boolean }) {
  return (
    <span className={props.strong ? 'count count-strong' : 'count'}>
      {props.value.toLocaleString('en-US')}
      <span className="hidden"> {props.of}</span>
    </span>
  );
}

import { type ReactNode, useEffect } from 'react';
import { Link } from 'wouter';
import { visibleText } from '../../../shared/visible-text.ts';
import { Icon } from './icon.tsx';
import { Inert } from './inert.tsx';
import { asLastSeen } from './use-params.ts';

/** Head of every page: its one `h1`, which takes the focus when the route changes, and the title of the window. */
export function PageHead(props: {
  readonly title: string;
  /** For the window's title where it says more than the heading. */
  readonly windowTitle?: string;
  readonly back?: { readonly href: string; readonly label: string };
  readonly aside?: ReactNode;
  readonly children?: ReactNode;
}) {
  const { title, windowTitle = title, back, aside, children } = props;
  useEffect(() => {
    document.title = `${visibleText(windowTitle)} · Farhand`;
  }, [windowTitle]);
  return (
    <header className="page-head">
      {back && (
        <Link href={asLastSeen(back.href)} className="back">
          <Icon name="back" />
          {back.label}
        </Link>
      )}
      <div className="page-title">
        <h1 tabIndex={-1}>
          <Inert text={title} />
        </h1>
        {aside}
      </div>
      {children}
    </header>
  );
}

export function Section(props: {
  readonly title: string;
  readonly note?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="section">
      <h2>
        {props.title}
        {props.note !== undefined && <span className="section-note">{props.note}</span>}
      </h2>
      {props.children}
    </section>
  );
}

/** Labels beside values. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link } from 'wouter';
import type { CaseDetail } from '../../../shared/api.ts';
import { findingQuery } from '../data/queries.ts';
import { Arithmetic } from '../parts/arithmetic.tsx';
import { Declared } from '../parts/declaration-list.tsx';
import { Inert } from '../parts/inert.tsx';
import { OutcomeMark, SeverityMark } from '../parts/marks.tsx';
import { Section } from '../parts/page.tsx';
import { SpanList } from '../parts/span-list.tsx';
import { Loaded, Skeleton } from '../parts/states.tsx';
import { Length, Range } from '../parts/time.tsx';
import { TriageMark } from '../parts/triage-mark.tsx';
import { declarationLines } from '../text/declaration-text.ts';

type Told = CaseDetail['findings'][number];

/** What happened, in order of time: each finding with its reckoning, what was declared, and the evidence on request. */
export function Story({ detail: { findings } }: { readonly detail: CaseDetail }) {
  return (
    <Section title="Story" note={findings.length}>
      <ol className="story">
        {findings.map((told) => (
          <Chapter key={told.finding.id} {...told} />
        ))}
      </ol>
    </Section>
  );
}

function Chapter({ finding, triage, declared }: Told) {
  return (
    <li data-row="">
      <div className="story-head">
        <SeverityMark severity={finding.severity} />
        <Link href={`/findings/${encodeURIComponent(finding.id)}`} data-row-link="">
          {finding.title}
        </Link>
        {finding.outcome !== 'open' && <OutcomeMark outcome={finding.outcome} />}
        {triage.status !== 'new' && <TriageMark triage={triage} />}
      </div>
      <p className="story-time faint">
        <Range from={finding.from} to={finding.to} /> · <Length from={finding.from} to={finding.to} />
      </p>
      <p>
        <Inert text={finding.reason} />
      </p>
      <Contradicted declared={declared} />
      <Arithmetic finding={finding} />
      {finding.spans.length > 0 && <Evidence id={finding.id} count={finding.spans.length} />}
    </li>
  );
}

/** Loaded when somebody wants to see it: a long case rests on thousands of observations. */
function Evidence({ id, count }: { readonly id: string; readonly count: number }) {
  const [open, setOpen] = useState(false);
  const query = useQuery({ ...findingQuery(id), enabled: open });
  return (
    <div className="story-evidence">
      <Button className="button plain" aria-expanded={open} onPress={() => setOpen(!open)}>
        {open ? 'Hide evidence' : 'Show evidence'} <span className="faint">{count}</span>
      </Button>
      {open && (
        <Loaded query={query} skeleton={<Skeleton rows={3} />}>
          {({ spans }) => <SpanList spans={spans} hostnames={new Map()} />}
        </Loaded>
      )}
    </div>
  );
}

/** What was declared, right beside the observation that contradicts it. */
function Contradicted({ declared }: Pick<Told, 'declared'>) {
  const rows = declared.flatMap(({ contractor, declaration }) =>
    declarationLines(declaration)
      .filter(({ value }) => value !== undefined)
      .map(({ label, value }) => ({ contractor, label, value })),
  );
  if (rows.length === 0) return null;
  return (
    <dl className="story-declared">
      {rows.map(({ contractor, label, value }) => (
        <div key={`${contractor} ${label}`}>
          <dt>
            declared{declared.length > 1 && <> by {contractor}</>}: {label.toLowerCase()}
          </dt>
          <dd>
            <Declared value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

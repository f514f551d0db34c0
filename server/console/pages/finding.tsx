import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { FindingDetail } from '../../../shared/api.ts';
import { findingQuery } from '../data/queries.ts';
import type { Target } from '../data/use-triage.ts';
import { Arithmetic } from '../parts/arithmetic.tsx';
import { Attribution } from '../parts/attribution.tsx';
import { Inert } from '../parts/inert.tsx';
import { OutcomeMark, SeverityMark } from '../parts/marks.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { Facts, PageHead, Section } from '../parts/page.tsx';
import { SpanList } from '../parts/span-list.tsx';
import { Loaded } from '../parts/states.tsx';
import { Term } from '../parts/term.tsx';
import { At, Length, Range, TheirRange } from '../parts/time.tsx';
import { TriageMark } from '../parts/triage-mark.tsx';
import { TriagePanel } from '../parts/triage-panel.tsx';
import { OUTCOME_MEANINGS } from '../text/labels.ts';
import { triageTerm } from '../text/triage-text.ts';
import { Comparisons } from './finding-comparison.tsx';
import { RuleDocs } from './finding-rule.tsx';

const BACK = { href: '/', label: 'Queue' };

export function FindingPage({ id }: { readonly id: string }) {
  const query = useQuery(findingQuery(id));
  const finding = query.data?.finding;
  return (
    <>
      <PageHead
        title={finding?.title ?? 'Finding'}
        back={BACK}
        aside={
          finding && (
            <>
              <Term of={`severity:${finding.severity}`}>
                <SeverityMark severity={finding.severity} />
              </Term>
              <Term of={`outcome:${finding.outcome}`}>
                <OutcomeMark outcome={finding.outcome} />
              </Term>
              {query.data && (
                <Term of={triageTerm(query.data.triage)}>
                  <TriageMark triage={query.data.triage} />
                </Term>
              )}
            </>
          )
        }
      >
        {query.data && <Meta detail={query.data} />}
      </PageHead>
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Meta({ detail: { finding, contractors } }: { readonly detail: FindingDetail }) {
  const timezone = contractors.length === 1 ? contractors[0]?.declaration?.timezone : undefined;
  const labels = new Map(contractors.map(({ id, label }) => [id, label]));
  return (
    <div className="meta">
      <span className="names">
        {finding.contractors.map((id) => (
          <ContractorLink key={id} id={id} label={labels.get(id) ?? null} />
        ))}
      </span>
      <Range from={finding.from} to={finding.to} />
      <Length from={finding.from} to={finding.to} />
      <TheirRange from={finding.from} to={finding.to} timezone={timezone} />
    </div>
  );
}

function Detail({ detail }: { readonly detail: FindingDetail }) {
  const { finding, rule, spans, contractors } = detail;
  return (
    <>
      {finding.outcome !== 'open' && (
        <p className="notice">
          <strong>{OUTCOME_MEANINGS[finding.outcome]}</strong> <Inert text={finding.outcomeReason ?? ''} />
        </p>
      )}
      <div className="split">
        <div>
          <p className="finding-reason">
            <Inert text={finding.reason} />
          </p>
          <Section title="Arithmetic">
            <Arithmetic finding={finding} />
          </Section>
          <Comparisons contractors={contractors} spans={spans} />
          <Section title="Evidence" note={spans.length}>
            {spans.length === 0 ? (
              <p className="faint">It rests on what is missing, so there is no observation to show.</p>
            ) : (
              <SpanList spans={spans} hostnames={new Map()} />
            )}
          </Section>
        </div>
        <div>
          <TriagePanel target={targetOf(detail)} history={detail.history} />
          {detail.cases.length > 0 && (
            <Section title="Cases">
              <ul>
                {detail.cases.map((id) => (
                  <li key={id}>
                    <Link href={`/cases/${encodeURIComponent(id)}`}>
                      <Inert text={id} />
                    </Link>
                  </li>
                ))}
              </ul>
            </Section>
          )}
          {rule && <RuleDocs rule={rule} />}
          <Section title="About">
            <Facts
              rows={[
                [
                  'Rule',
                  <Link key="" href={`/rules/${encodeURIComponent(finding.rule)}`} className="quiet-link">
                    {finding.rule}
                  </Link>,
                ],
                [
                  'Family',
                  <Term key="" of={`family:${finding.family}`}>
                    {finding.family.replace('-', ' ')}
                  </Term>,
                ],
                ['Subject', <Inert key="" text={finding.subject} />],
                ['Found', <At key="" at={finding.foundAt} />],
                ['Updated', <At key="" at={finding.updatedAt} />],
                ['ATT&CK', rule?.attack.join(', ') || 'none'],
              ]}
            />
            {!rule && <p className="faint">This version of Farhand no longer has the rule.</p>}
          </Section>
        </div>
      </div>
      <Attribution />
    </>
  );
}

function targetOf({ finding, triage }: FindingDetail): Target {
  return { about: 'finding', id: finding.id, title: finding.title, triage };
}

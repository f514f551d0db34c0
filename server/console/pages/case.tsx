import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import { Link } from 'wouter';
import type { CaseDetail } from '../../../shared/api.ts';
import { caseQuery } from '../data/queries.ts';
import { Attribution } from '../parts/attribution.tsx';
import { CaseMark } from '../parts/case-mark.tsx';
import { SeverityMark } from '../parts/marks.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { RiskSum } from '../parts/risk-sum.tsx';
import { Loaded } from '../parts/states.tsx';
import { StepList } from '../parts/step-list.tsx';
import { Term } from '../parts/term.tsx';
import { At } from '../parts/time.tsx';
import { TriagePanel } from '../parts/triage-panel.tsx';
import { triggersText } from '../text/case-text.ts';
import { plural } from '../text/labels.ts';
import { CaseLinks } from './case-links.tsx';
import { Story } from './case-story.tsx';

const BACK = { href: '/cases', label: 'Cases' };

export function CasePage({ id }: { readonly id: string }) {
  const query = useQuery(caseQuery(id));
  const detail = query.data;
  return (
    <>
      <PageHead
        title={detail ? titleOf(detail) : 'Case'}
        back={BACK}
        aside={
          detail && (
            <>
              <Term of={`severity:${detail.case.severity}`}>
                <SeverityMark severity={detail.case.severity} />
              </Term>
              <Term of={`case:${detail.case.status}`}>
                <CaseMark status={detail.case.status} standing={detail.case.standing} />
              </Term>
              <Button className="button print-button" onPress={() => window.print()}>
                Print
              </Button>
            </>
          )
        }
      >
        {detail && (
          <p className="meta">
            <span>
              Opened <At at={detail.case.openedAt} />
            </span>
            <span>{triggersText(detail.case.triggers)}</span>
          </p>
        )}
      </PageHead>
      <Loaded query={query}>{(loaded) => <Detail detail={loaded} />}</Loaded>
    </>
  );
}

function Detail({ detail }: { readonly detail: CaseDetail }) {
  const { contractors, steps } = detail;
  const { mergedInto } = detail.case;
  return (
    <>
      {mergedInto !== undefined && (
        <p className="notice">
          <strong>Another case tells this story.</strong>{' '}
          <Link href={`/cases/${encodeURIComponent(mergedInto)}`}>Go there</Link>
        </p>
      )}
      <div className="split">
        <div>
          <Story detail={detail} />
          <Section title="What to check">
            {steps.map(({ rule, title, triage }) => (
              <div key={rule} className="case-steps">
                <h3>{title}</h3>
                <StepList steps={triage} />
              </div>
            ))}
          </Section>
        </div>
        <div>
          <TriagePanel
            target={{ about: 'case', id: detail.case.id, title: titleOf(detail), triage: detail.triage }}
            history={detail.history}
          />
          <CaseLinks detail={detail} />
          {contractors.map(({ contractor, risk }) => (
            <Section
              key={contractor.id}
              title="Risk"
              note={<ContractorLink id={contractor.id} label={contractor.label} />}
            >
              <RiskSum risk={risk} />
            </Section>
          ))}
        </div>
      </div>
      <Attribution />
    </>
  );
}

function titleOf({ contractors }: CaseDetail): string {
  const [first] = contractors;
  const name = first ? first.contractor.label || first.contractor.id : 'Case';
  return contractors.length < 2 ? name : `${name} and ${plural(contractors.length - 1, 'other')}`;
}

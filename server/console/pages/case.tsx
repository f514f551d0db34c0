import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { CaseDetail } from '../../../shared/api.ts';
import { caseQuery } from '../data/queries.ts';
import { Attribution } from '../parts/attribution.tsx';
import { CaseMark } from '../parts/case-mark.tsx';
import { Declared } from '../parts/declaration-list.tsx';
import { Inert } from '../parts/inert.tsx';
import { OutcomeMark, SeverityMark } from '../parts/marks.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { RiskSum } from '../parts/risk-sum.tsx';
import { Loaded } from '../parts/states.tsx';
import { At, Length, Range } from '../parts/time.tsx';
import { triggersText } from '../text/case-text.ts';
import { declarationLines } from '../text/declaration-text.ts';
import { plural } from '../text/labels.ts';

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
              <SeverityMark severity={detail.case.severity} />
              <CaseMark status={detail.case.status} standing={detail.case.standing} />
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
  const { findings, contractors } = detail;
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
        <Section title="Story" note={findings.length}>
          <ol className="story">
            {findings.map(({ finding, declared }) => (
              <li key={finding.id} data-row="">
                <div className="story-head">
                  <SeverityMark severity={finding.severity} />
                  <Link href={`/findings/${encodeURIComponent(finding.id)}`} data-row-link="">
                    {finding.title}
                  </Link>
                  {finding.outcome !== 'open' && <OutcomeMark outcome={finding.outcome} />}
                </div>
                <p className="story-time faint">
                  <Range from={finding.from} to={finding.to} /> ·{' '}
                  <Length from={finding.from} to={finding.to} />
                </p>
                <p>
                  <Inert text={finding.reason} />
                </p>
                <Contradicted declared={declared} />
              </li>
            ))}
          </ol>
        </Section>
        <div>
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

/** What was declared, right beside the observation that contradicts it. */
function Contradicted({ declared }: Pick<CaseDetail['findings'][number], 'declared'>) {
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

function titleOf({ contractors }: CaseDetail): string {
  const [first] = contractors;
  const name = first ? first.contractor.label || first.contractor.id : 'Case';
  return contractors.length < 2 ? name : `${name} and ${plural(contractors.length - 1, 'other')}`;
}

import { Link } from 'wouter';
import type { CaseDetail } from '../../../shared/api.ts';
import { Inert } from '../parts/inert.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { Section } from '../parts/page.tsx';
import { placeName } from '../text/place-text.ts';

/** Who is joined to whom, and by which place. */
export function CaseLinks({ detail: { findings, contractors } }: { readonly detail: CaseDetail }) {
  const labels = new Map(contractors.map(({ contractor: { id, label } }) => [id, label]));
  const joining = findings.filter(
    ({ finding }) => finding.scope === 'place' && finding.contractors.length > 1,
  );
  if (joining.length === 0) return null;
  return (
    <Section title="Joined by" note={joining.length}>
      <ul className="links">
        {joining.map(({ finding }) => (
          <li key={finding.id}>
            <p className="links-place">
              <Link href={`/findings/${encodeURIComponent(finding.id)}`}>
                <Inert text={placeName(finding.subject)} />
              </Link>{' '}
              {finding.outcome === 'open' ? '' : <span className="faint">no longer</span>}
            </p>
            <ul className="links-people">
              {finding.contractors.map((id) => (
                <li key={id}>
                  <ContractorLink id={id} label={labels.get(id) ?? null} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </Section>
  );
}

import type { ContractorRow, SpanView } from '../../../shared/api.ts';
import { Declared } from '../parts/declaration-list.tsx';
import { Inert } from '../parts/inert.tsx';
import { ContractorLink } from '../parts/names.tsx';
import { Section } from '../parts/page.tsx';
import { comparisons } from '../text/observed-text.ts';

/** What each contractor declared beside what the evidence shows. */
export function Comparisons(props: {
  readonly contractors: readonly ContractorRow[];
  readonly spans: readonly SpanView[];
}) {
  const { contractors, spans } = props;
  return (
    <Section title="Declared and observed">
      {contractors.map((contractor) => (
        <Comparison
          key={contractor.id}
          contractor={contractor}
          spans={spans.filter((span) => span.contractor === contractor.id)}
          named={contractors.length > 1}
        />
      ))}
    </Section>
  );
}

function Comparison(props: {
  readonly contractor: ContractorRow;
  readonly spans: readonly SpanView[];
  readonly named: boolean;
}) {
  const { contractor, spans, named } = props;
  const rows = comparisons(contractor.declaration, spans);
  return (
    <div className="comparison">
      {named && (
        <h3>
          <ContractorLink id={contractor.id} label={contractor.label} />
        </h3>
      )}
      {rows.length === 0 ? (
        <p className="faint">Nothing was declared, and the evidence names no place, hour or product.</p>
      ) : (
        <table aria-label={`Declared and observed: ${contractor.label ?? contractor.id}`}>
          <thead>
            <tr>
              <td />
              <th scope="col">Declared</th>
              <th scope="col">Observed in this evidence</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ label, declared, observed }) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                <td>
                  <Declared value={declared} />
                </td>
                <td>
                  {observed.length === 0 ? (
                    <span className="missing">no evidence here</span>
                  ) : (
                    observed.map((line) => (
                      <span key={line} className="line">
                        <Inert text={line} />
                      </span>
                    ))
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

import { Link } from 'wouter';
import type { Overview } from '../../../../shared/api/overview.ts';
import { FAMILIES, SEVERITIES } from '../../../../shared/finding.ts';
import { familyText } from '../../text/case-text.ts';
import { plural, SEVERITY_LABELS } from '../../text/labels.ts';
import { SeverityMark } from '../marks.tsx';

/** Open findings by severity and family; every number leads to its findings. */
export function OpenMatrix({ open }: { readonly open: Overview['open'] }) {
  if (open.length === 0) return <p className="faint">Nothing contradicts a declaration right now.</p>;
  const families = FAMILIES.filter((family) => open.some((each) => each.family === family));
  const rows = SEVERITIES.toReversed().filter((severity) => open.some((each) => each.severity === severity));
  return (
    <div className="scroller">
      <table className="matrix" aria-label="Open findings by severity and family">
        <thead>
          <tr>
            <td />
            {families.map((family) => (
              <th key={family} scope="col">
                {familyText(family)}
              </th>
            ))}
            <th scope="col">All</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((severity) => (
            <tr key={severity}>
              <th scope="row">
                <SeverityMark severity={severity} />
              </th>
              {families.map((family) => (
                <td key={family}>
                  <Count open={open} severity={severity} family={family} />
                </td>
              ))}
              <td>
                <Count open={open} severity={severity} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Count(props: {
  readonly open: Overview['open'];
  readonly severity: Overview['open'][number]['severity'];
  readonly family?: Overview['open'][number]['family'];
}) {
  const { open, severity, family } = props;
  const count = open
    .filter((each) => each.severity === severity && (family === undefined || each.family === family))
    .reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return <span className="faint">·</span>;
  const query = new URLSearchParams({ outcome: 'open', severity, ...(family && { family }) });
  const what = `${SEVERITY_LABELS[severity].toLowerCase()}${family ? `, ${familyText(family)}` : ''}`;
  return (
    <Link href={`/?${query}`} className="quiet-link" aria-label={`${plural(count, 'open finding')}: ${what}`}>
      {count.toLocaleString('en-US')}
    </Link>
  );
}

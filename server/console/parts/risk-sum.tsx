import { Link } from 'wouter';
import type { Risk } from '../../../shared/case.ts';
import { familyText } from '../text/case-text.ts';
import { SEVERITY_LABELS } from '../text/labels.ts';

/** A risk as the sum that it is: each finding's weight, how it decayed, each family up to its cap. */
export function RiskSum({ risk: { total, families } }: { readonly risk: Risk }) {
  if (families.length === 0) return <p className="faint">No open finding adds to it.</p>;
  return (
    <table className="arithmetic risk" aria-label="Risk as a sum">
      <tbody>
        {families.flatMap(({ family, points, capped, lines }) => [
          <tr key={family} className="risk-family">
            <th scope="row">
              {familyText(family)}
              {capped && <span className="faint"> counts 100 at most</span>}
            </th>
            <td />
            <td className="numeric">{points}</td>
          </tr>,
          ...lines.map(({ finding, rule, severity, weight, ageDays, points: own }) => (
            <tr key={finding}>
              <td>
                <Link href={`/findings/${encodeURIComponent(finding)}`} className="quiet-link">
                  {rule}
                </Link>
              </td>
              <td className="faint">
                {SEVERITY_LABELS[severity].toLowerCase()} {weight}
                {ageDays > 0 && ` × ½^(${ageDays} days / 14)`}
              </td>
              <td className="numeric faint">{own}</td>
            </tr>
          )),
        ])}
        <tr className="risk-total">
          <th scope="row">Sum</th>
          <td />
          <td className="numeric">{total}</td>
        </tr>
      </tbody>
    </table>
  );
}

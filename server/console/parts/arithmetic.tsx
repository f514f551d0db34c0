import type { Finding } from '../../../shared/finding.ts';
import { Inert } from './inert.tsx';

/** The reckoning of a finding, line by line. */
export function Arithmetic({ finding: { arithmetic } }: { readonly finding: Pick<Finding, 'arithmetic'> }) {
  return (
    <table className="arithmetic" aria-label="Arithmetic">
      <tbody>
        {arithmetic.map(({ label, value }) => (
          <tr key={`${label}|${value}`}>
            <th scope="row">
              <Inert text={label} />
            </th>
            <td>
              <Inert text={value} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

import { lazy, Suspense } from 'react';
import type { Overview } from '../../../../shared/api/overview.ts';
import { FilterSelect } from '../filter-select.tsx';
import { useParams } from '../use-params.ts';

const TrendChart = lazy(() => import('./trend-chart.tsx').then((part) => ({ default: part.TrendChart })));

const SPANS = [
  { id: '30', label: '30 days' },
  { id: '90', label: '90 days' },
];

/** Found and resolved by day as a picture, and as a table for whoever does not see it. */
export function Trend({ trend }: { readonly trend: Overview['trend'] }) {
  const { params, change } = useParams();
  const days = params.get('days') === '90' ? 90 : 30;
  const shown = trend.slice(-days);
  const sum = (part: 'found' | 'resolved') =>
    shown.reduce((total, day) => total + day[part], 0).toLocaleString('en-US');
  return (
    <>
      <div className="trend-head">
        <span className="trend-key trend-found">{sum('found')} found</span>
        <span className="trend-key trend-resolved">{sum('resolved')} resolved</span>
        <FilterSelect
          label="Span"
          value={String(days)}
          options={SPANS}
          onChange={(id) => change('days', id === '30' ? null : id)}
        />
      </div>
      <div className="trend-room">
        <Suspense fallback={null}>
          <TrendChart trend={shown} />
        </Suspense>
      </div>
      <details>
        <summary className="faint">As a table</summary>
        <table className="plain-table" aria-label="Findings found and resolved by day">
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              <th scope="col">Found</th>
              <th scope="col">Resolved</th>
            </tr>
          </thead>
          <tbody>
            {shown.toReversed().map(({ day, found, resolved }) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                <td>{found}</td>
                <td>{resolved}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

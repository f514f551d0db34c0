import type { PlaceDetail } from '../../../shared/api.ts';
import { millis } from '../../../shared/time.ts';
import { dateTime, fullTime } from '../text/time-text.ts';
import { ContractorLink } from './names.tsx';
import { useNow } from './time.tsx';

/** Lanes beyond these are in the table of visitors. */
const MOST_LANES = 20;
const LEAST_WIDTH = 0.4;

/** One lane for each visitor, with their stays as bars on one axis of time: who was there together shows as overlap. */
export function StayLanes({ stays, visitors }: Pick<PlaceDetail, 'stays' | 'visitors'>) {
  const now = useNow(60_000);
  const start = Math.min(...stays.map(({ from }) => millis(from)));
  const end = Math.max(...stays.map(({ to }) => (to === null ? now : millis(to))), start + 1);
  const share = (at: number) => (100 * (at - start)) / (end - start);
  const lanes = visitors
    .filter(({ contractor }) => stays.some((stay) => stay.contractor === contractor))
    .slice(0, MOST_LANES);
  return (
    <div className="stay-lanes">
      {lanes.map(({ contractor, label }) => (
        <div key={contractor} className="stay-lane">
          <span className="stay-name">
            <ContractorLink id={contractor} label={label} />
          </span>
          <span className="stay-bars">
            {stays
              .filter((stay) => stay.contractor === contractor)
              .map(({ span, from, to }) => {
                const left = share(millis(from));
                const width = Math.max(LEAST_WIDTH, share(to === null ? now : millis(to)) - left);
                return (
                  <span
                    key={span}
                    className={to === null ? 'stay-bar stay-bar-open' : 'stay-bar'}
                    style={{ left: `${Math.min(left, 100 - LEAST_WIDTH)}%`, width: `${width}%` }}
                    title={`${fullTime(from)} → ${to === null ? 'ongoing' : fullTime(to)}`}
                  />
                );
              })}
          </span>
        </div>
      ))}
      <div className="stay-lane stay-axis faint" aria-hidden="true">
        <span />
        <span className="stay-ends">
          <span>{dateTime(new Date(start).toISOString())}</span>
          <span>{dateTime(new Date(end).toISOString())}</span>
        </span>
      </div>
    </div>
  );
}

import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { ContractorPlaces, ObservedPlace } from '../../../../shared/api/timeline.ts';
import { placesOfQuery } from '../../data/picture-queries.ts';
import { countryText } from '../../text/declaration-text.ts';
import { plural } from '../../text/labels.ts';
import { observedText, POSITION_LABELS } from '../../text/timeline-text.ts';
import { Inert } from '../inert.tsx';
import { Section } from '../page.tsx';
import { Loaded, Skeleton } from '../states.tsx';
import { At } from '../time.tsx';
import { useNear } from './use-near.ts';

const PlacesMap = lazy(() => import('./places-map.tsx').then(({ PlacesMap: map }) => ({ default: map })));

/** Where the machines spoke from, beside where they were declared to be: a map, and the same in words. */
export function PlacesSection({ id }: { readonly id: string }) {
  const query = useQuery(placesOfQuery(id));
  return (
    <Section title="Places" note="last 30 days">
      <Loaded query={query}>
        {(places) => (
          <div className="places">
            <NearMap places={places} />
            <PlacesList places={places} />
          </div>
        )}
      </Loaded>
    </Section>
  );
}

/** Heavy, so it waits until it is nearly in view. */
function NearMap({ places }: { readonly places: ContractorPlaces }) {
  const { ref, near } = useNear<HTMLDivElement>();
  return (
    <div className="places-map" ref={ref}>
      {near && (
        <Suspense fallback={<Skeleton rows={1} />}>
          <PlacesMap places={places} />
        </Suspense>
      )}
    </div>
  );
}

function PlacesList({ places }: { readonly places: ContractorPlaces }) {
  const { observed, declared, more, moves } = places;
  return (
    <div className="places-list">
      <h3>Declared</h3>
      <DeclaredPlaces declared={declared} />
      <h3>Observed</h3>
      {observed.length === 0 && <p className="faint">No address was seen.</p>}
      <ol>
        {observed.map((place, index) => (
          <li key={`${place.ip} ${place.lat} ${place.lon}`}>
            <span className={`place-mark place-${place.position === 'usable' ? 'usable' : 'other'}`}>
              {index + 1}
            </span>
            <Observed place={place} countries={declared.countries} />
          </li>
        ))}
      </ol>
      {more > 0 && <p className="faint">and {plural(more, 'other address', 'other addresses')}</p>}
      {moves.length > 0 && (
        <details>
          <summary>{plural(moves.length, 'move')} between places</summary>
          <ol className="places-moves">
            {moves.toReversed().map(({ at, from, to }) => (
              <li key={`${at} ${from} ${to}`}>
                <At at={at} /> {from + 1} → {to + 1}
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}

function DeclaredPlaces({ declared }: { readonly declared: ContractorPlaces['declared'] }) {
  const { countries, home, shipTo, sharedSite } = declared;
  const lines = [
    countries.length > 0 && countries.map(countryText).join(', '),
    home && `Home at ${pointText(home)}`,
    shipTo && `Shipped to ${pointText(shipTo)}`,
    sharedSite && `Shares the site ${sharedSite}, of which no position is known`,
  ].filter((line): line is string => typeof line === 'string');
  if (lines.length === 0) return <p className="faint">No place was declared.</p>;
  return (
    <ul className="places-declared">
      {lines.map((line) => (
        <li key={line}>
          <Inert text={line} />
        </li>
      ))}
    </ul>
  );
}

function pointText({ lat, lon }: { readonly lat: number; readonly lon: number }): string {
  return `${lat.toFixed(2)}°, ${lon.toFixed(2)}°`;
}

function Observed({
  place,
  countries,
}: {
  readonly place: ObservedPlace;
  readonly countries: readonly string[];
}) {
  const { country, position, ip, org, asn, firstAt, lastAt } = place;
  const isElsewhere =
    position === 'usable' && countries.length > 0 && country !== undefined && !countries.includes(country);
  return (
    <div>
      <Inert text={observedText(place)} />
      {isElsewhere && <strong className="place-elsewhere"> outside the declared countries</strong>}
      <span className="faint place-detail">
        <span className="mono">{ip}</span>
        {asn !== undefined && ` · AS${asn}`}
        {org !== undefined && (
          <>
            {' · '}
            <Inert text={org} />
          </>
        )}
        {' · '}
        <At at={firstAt} /> → {lastAt === null ? 'now' : <At at={lastAt} />}
      </span>
      {position !== 'usable' && <span className="place-detail">{POSITION_LABELS[position]}</span>}
    </div>
  );
}

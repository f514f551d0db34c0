import { useQuery } from '@tanstack/react-query';
import type { World } from '../../../../shared/api/overview.ts';
import { worldQuery } from '../../data/overview.ts';
import { countryText } from '../../text/declaration-text.ts';
import { plural } from '../../text/labels.ts';
import { Attribution } from '../attribution.tsx';
import { Loaded } from '../states.tsx';
import { WorldMap } from './world-map.tsx';

/** The map, and the same in words and numbers. */
export function WorldSection() {
  const world = useQuery(worldQuery);
  return (
    <Loaded query={world} skeleton={<div className="world-room" />}>
      {(loaded) => <Shown world={loaded} />}
    </Loaded>
  );
}

function Shown({ world }: { readonly world: World }) {
  const { online, nowhere, countries } = world;
  const undeclared = countries.filter((each) => each.undeclared > 0);
  return (
    <>
      <WorldMap spots={world.spots} />
      <p>
        {plural(online, 'contractor is', 'contractors are')} online.{' '}
        {nowhere > 0 && `Of ${nowhere} the address is an exit (VPN, hosting, relay) or not placed. `}
        {undeclared.length === 0
          ? 'Nobody is seen in a country that they did not declare.'
          : `Not declared: ${undeclared.map((each) => `${countryText(each.country)} ${each.undeclared}`).join(', ')}.`}
      </p>
      <details>
        <summary className="faint">As a table</summary>
        <table className="plain-table" aria-label="Contractors by country">
          <thead>
            <tr>
              <th scope="col">Country</th>
              <th scope="col">Declared</th>
              <th scope="col">Here now</th>
              <th scope="col">Not declared</th>
            </tr>
          </thead>
          <tbody>
            {countries.map(({ country, declared, here, undeclared: odd }) => (
              <tr key={country}>
                <th scope="row">{countryText(country)}</th>
                <td>{declared}</td>
                <td>{here}</td>
                <td>{odd}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <Attribution />
    </>
  );
}

import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components/Button';
import { ENDPOINT_STATES, type EndpointsQuery, type Fleet } from '../../../shared/api/endpoints.ts';
import { PROBE_HEALTHS, type ProbeHealth } from '../../../shared/facts.ts';
import { statusQuery } from '../data/queries.ts';
import { isOlder, STATE_LABELS, STATE_MEANINGS } from '../text/fleet-text.ts';
import { HEALTH_MEANINGS, plural } from '../text/labels.ts';
import { Inert } from './inert.tsx';

interface Filtering {
  readonly filter: EndpointsQuery;
  readonly change: (name: string, value: string | null) => void;
}

/** The fleet at a glance; every number narrows the list below to what it counts. */
export function FleetHealth({ fleet, filter, change }: Filtering & { readonly fleet: Fleet }) {
  return (
    <section className="fleet" aria-label="Fleet health">
      <div className="fleet-states">
        {ENDPOINT_STATES.map((state) => (
          <Button
            key={state}
            className={`tile tile-${state}`}
            aria-pressed={filter.state === state}
            onPress={() => change('state', filter.state === state ? null : state)}
          >
            <span className="tile-number">{fleet.states[state].toLocaleString('en-US')}</span>
            <span className="tile-label" title={STATE_MEANINGS[state]}>
              {STATE_LABELS[state]}
            </span>
          </Button>
        ))}
        <p className="fleet-notes faint">
          {plural(fleet.withGaps, 'endpoint')} with gaps in 30 days
          <br />
          {plural(fleet.enrolledBefore, 'machine')} enrolled before
        </p>
      </div>
      <Coverage fleet={fleet} filter={filter} change={change} />
      <Versions fleet={fleet} filter={filter} change={change} />
    </section>
  );
}

/** Of each probe, how much of the fleet it sees: what is not seen is not clean. */
function Coverage({ fleet, filter, change }: Filtering & { readonly fleet: Fleet }) {
  if (fleet.probes.length === 0)
    return (
      <div className="fleet-part">
        <h2>Coverage per probe</h2>
        <p className="faint">No agent reported yet.</p>
      </div>
    );
  return (
    <div className="fleet-part">
      <h2>Coverage per probe</h2>
      <table className="coverage" aria-label="Coverage per probe">
        <thead>
          <tr>
            <th scope="col">Probe</th>
            {PROBE_HEALTHS.map((health) => (
              <th key={health} scope="col" className="numeric" title={HEALTH_MEANINGS[health]}>
                {health}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fleet.probes.toSorted(blindestFirst).map((row) => (
            <tr key={row.probe}>
              <th scope="row">
                <Inert text={row.probe} />
              </th>
              {PROBE_HEALTHS.map((health) => (
                <td key={health} className="numeric">
                  <Count
                    row={row}
                    health={health}
                    pressed={filter.probe === row.probe && filter.health === health}
                    change={change}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function blindestFirst(a: Fleet['probes'][number], b: Fleet['probes'][number]): number {
  return b.denied + b.failed - (a.denied + a.failed) || (a.probe < b.probe ? -1 : 1);
}

function Count(props: {
  readonly row: Fleet['probes'][number];
  readonly health: ProbeHealth;
  readonly pressed: boolean;
  readonly change: Filtering['change'];
}) {
  const { row, health, pressed, change } = props;
  const count = row[health];
  if (count === 0) return <span className="faint">0</span>;
  return (
    <Button
      className={`number probe-${health}`}
      aria-pressed={pressed}
      aria-label={`${plural(count, 'endpoint')} with probe ${row.probe} ${health}`}
      onPress={() => change('probe', pressed ? null : `${row.probe}:${health}`)}
    >
      {count.toLocaleString('en-US')}
    </Button>
  );
}

const MOST_VERSIONS = 6;

function Versions({ fleet, filter, change }: Filtering & { readonly fleet: Fleet }) {
  const { data: status } = useQuery(statusQuery);
  const current = status?.version ?? '';
  return (
    <div className="fleet-part">
      <h2>Versions in use</h2>
      <table className="coverage" aria-label="Versions in use">
        <tbody>
          {fleet.agents.slice(0, MOST_VERSIONS).map(({ version, endpoints }) => (
            <tr key={version}>
              <th scope="row">
                Agent <Inert text={version} />{' '}
                {isOlder(version, current) && (
                  <span className="outdated" title={`This collector is ${current}`}>
                    outdated
                  </span>
                )}
              </th>
              <td className="numeric">
                <Button
                  className="number"
                  aria-pressed={filter.version === version}
                  aria-label={`${plural(endpoints, 'endpoint')} with agent ${version}`}
                  onPress={() => change('version', filter.version === version ? null : version)}
                >
                  {endpoints.toLocaleString('en-US')}
                </Button>
              </td>
            </tr>
          ))}
          {fleet.catalogs.slice(0, MOST_VERSIONS).map(({ version, endpoints }) => (
            <tr key={`catalog ${version}`}>
              <th scope="row">
                Catalog <Inert text={version} />{' '}
                {status && version !== status.catalog && (
                  <span className="outdated" title={`This collector has ${status.catalog}`}>
                    another
                  </span>
                )}
              </th>
              <td className="numeric">{endpoints.toLocaleString('en-US')}</td>
            </tr>
          ))}
          {fleet.policies.slice(0, MOST_VERSIONS).map(({ version, endpoints }) => (
            <tr key={`policy ${version}`}>
              <th scope="row">
                Policy <Inert text={version} />
              </th>
              <td className="numeric">{endpoints.toLocaleString('en-US')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import type { EndpointRow } from '../../../shared/api.ts';
import { PROBE_HEALTHS } from '../../../shared/facts.ts';
import { HEALTH_ADVICE } from '../text/fleet-text.ts';

/** Which probes see what they look for; of the others, what that means and what helps. */
export function ProbeWords({ agent }: { readonly agent: EndpointRow['agent'] }) {
  if (!agent) return <p className="faint">Its agent reported nothing yet.</p>;
  const groups = PROBE_HEALTHS.map((health) => ({
    health,
    probes: Object.entries(agent.probes)
      .flatMap(([probe, is]) => (is === health ? [probe] : []))
      .toSorted(),
  })).filter(({ probes }) => probes.length > 0);
  return (
    <dl className="probe-words">
      {groups
        .toSorted((a, b) => Number(a.health === 'ok') - Number(b.health === 'ok'))
        .map(({ health, probes }) => (
          <div key={health}>
            <dt className={`probe-${health}`}>
              {health}: {probes.join(', ')}
            </dt>
            <dd className="faint">{HEALTH_ADVICE[health]}</dd>
          </div>
        ))}
    </dl>
  );
}

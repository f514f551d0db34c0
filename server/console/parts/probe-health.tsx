import { Button } from 'react-aria-components/Button';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import type { EndpointRow } from '../../../shared/api.ts';
import { PROBE_HEALTHS } from '../../../shared/facts.ts';
import { HEALTH_MEANINGS } from '../text/labels.ts';

/** How many probes see what they look for; which ones do not, on hover and focus. */
export function ProbeHealth({ agent }: { readonly agent: EndpointRow['agent'] }) {
  if (!agent) return <span className="missing">not reported</span>;
  const groups = PROBE_HEALTHS.flatMap((health) => {
    const probes = Object.entries(agent.probes).flatMap(([probe, is]) => (is === health ? [probe] : []));
    return probes.length === 0 ? [] : [{ health, probes }];
  });
  return (
    <TooltipTrigger delay={200} closeDelay={0}>
      <Button className="probes">
        {groups.map(({ health, probes }) => (
          <span key={health} className={`probe probe-${health}`}>
            {probes.length} {health}
          </span>
        ))}
      </Button>
      <Tooltip className="tooltip" offset={4}>
        <dl>
          {groups.map(({ health, probes }) => (
            <div key={health}>
              <dt>
                {health}: {HEALTH_MEANINGS[health]}
              </dt>
              <dd>{probes.join(', ')}</dd>
            </div>
          ))}
        </dl>
      </Tooltip>
    </TooltipTrigger>
  );
}

import { CATALOG } from '../../shared/catalog/index.ts';
import type { Fact, FactIdentity, FactKind } from '../../shared/facts.ts';
import type { Observation } from '../../shared/observation.ts';
import { dayAndTime } from './text.ts';

const METHODS = {
  console: 'at the machine itself',
  rdp: 'by remote desktop (RDP)',
  ssh: 'by SSH',
  vnc: 'by VNC',
  'screen-sharing': 'by screen sharing',
  other: 'in another way',
} as const;

const REACH = { any: 'from anywhere', lan: 'from the local network' } as const;
const ROUTES = { full: 'all traffic', split: 'a part of the traffic', none: 'no traffic' } as const;

type Named = { readonly [K in FactKind]: Extract<FactIdentity, { readonly kind: K }> };
type Carried = { readonly [K in FactKind]: Partial<Extract<Fact, { readonly kind: K }>> };

/** One observation for somebody who is no engineer: what, and whether it is so from now on, is over, or was only noted. */
export function sentenceOf({ change, fact }: Observation): string {
  const what = subjectOf(fact);
  if (change === 'ended') return `No longer: ${what}`;
  return change === 'noted' ? `Noted: ${what}` : what;
}

function subjectOf(fact: Fact | FactIdentity): string {
  switch (fact.kind) {
    case 'tool':
      return toolText(fact);
    case 'listener':
      return listenerText(fact);
    case 'session':
      return `${fact.user} is logged in ${METHODS[fact.method]}${fact.from ? ` from ${fact.from}` : ''}`;
    case 'control':
      return `This screen is controlled with ${productOf(fact.tool)}${fact.peer ? ` from ${fact.peer}` : ''}`;
    case 'tunnel':
      return tunnelText(fact);
    case 'proxy':
      return `A ${fact.scheme} proxy is set, ${fact.host === 'loopback' ? 'on this machine' : `in the ${fact.host} network`}, port ${fact.port}`;
    case 'network':
      return networkText(fact);
    case 'clock':
      return clockText(fact);
    case 'platform':
      return platformText(fact);
    case 'peripheral':
      return `A watched USB device is plugged in (${fact.vendorId}:${fact.productId})`;
    case 'display':
      return `A monitor is connected: ${fact.manufacturer} ${fact.model}`;
    case 'activity':
      return activityText(fact);
    case 'suspend':
      return `The machine slept from ${dayAndTime(fact.from)}${'until' in fact ? ` to ${dayAndTime(fact.until)}` : ''}`;
    case 'disruption':
      return disruptionText(fact);
    case 'agent':
      return agentText(fact);
    default:
      return fact.kind;
  }
}

function toolText(fact: Named['tool'] & Carried['tool']): string {
  const seen = fact.signs?.map(({ by, name }) => `${by} ${name}`).join(', ');
  const state = fact.state === 'running' ? 'is running' : 'is installed';
  return `${productOf(fact.tool)} ${state}${seen ? ` (recognized by ${seen})` : ''}`;
}

function listenerText({ proto, port, scope, tool }: Named['listener'] & Carried['listener']): string {
  const reach = scope ? ` ${REACH[scope]}` : '';
  return `Port ${port} (${proto}) can be reached${reach}${tool ? `, opened by ${productOf(tool)}` : ''}`;
}

function tunnelText(fact: Named['tunnel'] & Carried['tunnel']): string {
  const { routes, tool } = fact;
  const through = routes ? `; ${ROUTES[routes]} of this machine goes through it` : '';
  return `A tunnel is up on ${fact.interface}${tool ? ` (${productOf(tool)})` : ''}${through}`;
}

function networkText(fact: Named['network'] & Carried['network']): string {
  const { medium, prefix } = fact;
  const kind = medium && medium !== 'unknown' ? `a ${medium} network` : 'a network';
  return `Connected to ${kind} on ${fact.interface}${prefix ? `, addresses ${prefix}` : ''}`;
}

function clockText({ timezone, synchronized }: Carried['clock']): string {
  if (!timezone) return 'the time zone of this machine';
  return `The time zone is ${timezone}${synchronized === false ? '; the clock is not set automatically' : ''}`;
}

function platformText({ name, version, chassis, virtual }: Carried['platform']): string {
  if (!name) return 'the operating system of this machine';
  const machine = virtual ? `a machine inside ${virtual}` : (chassis ?? 'a machine');
  return `This is ${machine} with ${name} ${version ?? ''}`.trimEnd();
}

function activityText({ hour, local, remote, locked }: Named['activity'] & Carried['activity']): string {
  return `In the hour from ${dayAndTime(hour)}: ${local ?? 0} minutes used here, ${remote ?? 0} from afar, ${locked ?? 0} locked`;
}

function disruptionText({ cause, byMs }: Named['disruption'] & Carried['disruption']): string {
  if (cause === 'clock-step')
    return `The clock of this machine was set, by ${Math.round((byMs ?? 0) / 1_000)} seconds`;
  return cause === 'spool-damaged'
    ? "Farhand's file of what waits was damaged and set aside"
    : 'An older copy of the data folder was put back';
}

function agentText({ version, probes = {}, budget }: Carried['agent']): string {
  const troubled = Object.entries(probes).flatMap(([name, health]) =>
    health === 'ok' ? [] : [`${name} ${health}`],
  );
  const slow = budget ? '; it looks less often, to stay below its ceiling' : '';
  return `Farhand ${version ?? ''} is watching${troubled.length > 0 ? `, without an answer from: ${troubled.join(', ')}` : ''}${slow}`;
}

function productOf(id: string): string {
  return CATALOG.tools.find((tool) => tool.id === id)?.name ?? id;
}

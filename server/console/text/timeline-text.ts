import type {
  Lane,
  LaneRow,
  ObservedPlace,
  Position,
  Segment,
  UncoveredWhy,
} from '../../../shared/api/timeline.ts';
import { SILENCE_KINDS } from '../../../shared/api.ts';
import { type Fact, GAP_CAUSES } from '../../../shared/facts.ts';
import { factText, placeText } from './fact-text.ts';
import { GAP_LABELS, NETWORK_LABELS, plural, SILENCE_LABELS, toolName } from './labels.ts';
import { lengthText } from './time-text.ts';

export const LANE_LABELS: Readonly<Record<Lane, string>> = {
  control: 'Remote control',
  sessions: 'Sessions',
  tools: 'Remote tools',
  tunnels: 'Tunnels',
  egress: 'Egress',
  hardware: 'Hardware',
  presence: 'Presence',
  evidence: 'Gaps, silence',
};

/** What an empty stretch of a lane means. */
export const NOTHING_LABELS: Readonly<Record<Lane, string>> = {
  control: 'no remote control observed',
  sessions: 'no session observed',
  tools: 'no remote-access tool observed',
  tunnels: 'no tunnel, VPN or proxy observed',
  egress: 'no address seen',
  hardware: 'no watched device observed',
  presence: 'not connected',
  evidence: 'no hole in the evidence',
};

export const UNCOVERED_LABELS: Readonly<Record<UncoveredWhy, string>> = {
  'not-enrolled': 'no endpoint was enrolled yet',
  revoked: 'the endpoint was revoked',
  silent: 'no agent was looking',
  denied: 'the probe lacked the right to look',
  failed: 'the probe failed',
  unsupported: 'the probe cannot work there',
};

export const POSITION_LABELS: Readonly<Record<Position, string>> = {
  usable: 'position',
  exit: 'not a position: traffic comes out here, whoever sends it',
  mobile: 'not a position: a mobile gateway serves whole countries',
  disputed: 'not a position: databases disagree',
  'too-wide': 'not a position: the middle of a country rather than a place',
  unknown: 'not a position: no coordinates are known',
};

/** What a row of a lane is called. Its values come from endpoints: show it as text only. */
export function rowText({ key, fact, things }: LaneRow): string {
  if (key === 'silence') return 'Not heard of';
  if (key === 'presence') return 'Connected';
  if (key === 'suspend') return 'Asleep';
  if (key === 'activity|local') return 'Input at the machine';
  if (key === 'activity|remote') return 'Input from afar';
  return fact ? nameOf(fact) : plural(things, 'other', 'others');
}

function nameOf(fact: Fact): string {
  switch (fact.kind) {
    case 'tool':
      return `${toolName(fact.tool)} ${fact.state}`;
    case 'egress':
      return [placeOf(fact), fact.ip].filter((part) => part !== undefined).join(' · ');
    case 'session':
      return `${fact.method} · ${fact.user}${fact.from ? ` from ${fact.from}` : ''}`;
    case 'control':
      return `${toolName(fact.tool)}${fact.peer ? ` from ${fact.peer}` : ''}`;
    case 'tunnel':
      return `${fact.tool ? toolName(fact.tool) : fact.type} on ${fact.interface}`;
    case 'listener':
      return `${fact.proto.toUpperCase()} ${fact.port} open`;
    case 'gap':
    case 'disruption':
      return sentence(GAP_LABELS[fact.cause]);
    case 'platform':
      return `Virtual machine${fact.virtual ? ` (${fact.virtual})` : ''}`;
    default:
      return factText(fact);
  }
}

function placeOf({ city, region, country }: Extract<Fact, { kind: 'egress' }>): string | undefined {
  return [city ?? region, country].filter((part) => part !== undefined).join(', ') || undefined;
}

/** What a stretch of a row is: a silence with what the machine did meanwhile, a gap with its cause, else what the row is. */
export function stretchText(row: LaneRow, { note }: Pick<Segment, 'note'>): string {
  const silence = row.key === 'silence' && SILENCE_KINDS.find((kind) => kind === note);
  if (silence) return `${rowText(row)}: ${SILENCE_LABELS[silence].toLowerCase()}`;
  const cause = row.key.startsWith('gap|') && GAP_CAUSES.find((each) => each === note);
  return cause ? sentence(GAP_LABELS[cause]) : rowText(row);
}

/** `Chicago, US ±20 km · residential · 12 stays, 4 d 3 h`. */
export function observedText(place: ObservedPlace): string {
  const { networkClass, stays, ms } = place;
  const where = placeText({ kind: 'egress', ...place }) ?? 'Place unknown';
  return `${where} · ${NETWORK_LABELS[networkClass]} · ${plural(stays, 'stay')}, ${lengthText(ms)}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import type { Lane } from '../../../shared/api/timeline.ts';
import { type Fact, type FactOf, factKey } from '../../../shared/facts.ts';
import { HOUR, type Instant, instant, millis } from '../../../shared/time.ts';
import type { Silence } from '../../detect/silences.ts';
import type { Span } from '../../detect/timeline.ts';

/** Something as lanes show it: on which line, and from when to when. */
export interface LaneSpan {
  readonly lane: Lane;
  readonly key: string;
  readonly endpoint: string;
  /** Null for silences, which nobody told of. */
  readonly fact: Fact | null;
  /** The span that tells of it, if one does. */
  readonly span: string | null;
  readonly note?: string;
  readonly from: Instant;
  readonly to?: Instant;
}

/** Where a span is shown; an hour with input from both sides is shown twice, what no lane tells of not at all. */
export function laneSpansOf(span: Span): readonly LaneSpan[] {
  const { id, endpoint, fact, from, to } = span;
  if (fact.kind === 'activity') return activityOf(span, fact);
  const lane = laneOf(fact);
  if (lane === undefined) return [];
  const note = fact.kind === 'gap' || fact.kind === 'disruption' ? { note: fact.cause } : {};
  return [
    { lane, key: keyOf(fact), endpoint, fact, span: id, from, ...note, ...(to !== undefined && { to }) },
  ];
}

/** A silence, in the parts of which something different is known. */
export function laneSpansOfSilence({ endpoint, parts }: Silence): readonly LaneSpan[] {
  return parts.map(({ why, ...period }) => ({
    lane: 'evidence',
    key: 'silence',
    endpoint,
    fact: null,
    span: null,
    note: why,
    ...period,
  }));
}

function laneOf(fact: Fact): Lane | undefined {
  switch (fact.kind) {
    case 'control':
      return 'control';
    case 'session':
    case 'sign-in':
      return 'sessions';
    case 'tool':
      return fact.category === 'remote-access' || fact.category === 'keep-awake' ? 'tools' : 'tunnels';
    case 'listener':
      return 'tools';
    case 'tunnel':
    case 'proxy':
      return 'tunnels';
    case 'egress':
      return 'egress';
    case 'peripheral':
    case 'display':
      return 'hardware';
    case 'platform':
      return isVirtual(fact) ? 'hardware' : undefined;
    case 'presence':
    case 'suspend':
      return 'presence';
    case 'gap':
    case 'disruption':
      return 'evidence';
    default:
      return undefined;
  }
}

function isVirtual({ virtual, chassis }: FactOf<'platform'>): boolean {
  return virtual !== undefined || chassis === 'virtual' || chassis === 'container';
}

/** Many spans are one thing for an analyst: each connection is presence, each login of a user by one way a session. */
function keyOf(fact: Fact): string {
  if (fact.kind === 'session') return `session|${fact.user}|${fact.method}|${fact.from ?? ''}`;
  if (fact.kind === 'sign-in') return `sign-in|${fact.provider}|${fact.app}`;
  if (fact.kind === 'gap' || fact.kind === 'disruption') return `gap|${fact.cause}`;
  if (fact.kind === 'presence' || fact.kind === 'suspend') return fact.kind;
  return factKey(fact);
}

function activityOf({ id, endpoint, from }: Span, fact: FactOf<'activity'>): readonly LaneSpan[] {
  const hour = { endpoint, fact, span: id, from, to: instant(millis(from) + HOUR) };
  return [
    ...(fact.remote > 0 ? [{ lane: 'presence', key: 'activity|remote', ...hour } as const] : []),
    ...(fact.local > 0 ? [{ lane: 'presence', key: 'activity|local', ...hour } as const] : []),
  ];
}

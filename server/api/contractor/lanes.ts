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
  /** What tells of it; null for silences, which nobody told of. Its fact is read only where it is needed. */
  readonly span: Pick<Span, 'id' | 'fact'> | null;
  readonly note?: string;
  readonly from: Instant;
  readonly to?: Instant;
}

/** Where a span is shown; an hour with input from both sides is shown twice, what no lane tells of not at all. */
export function laneSpansOf(span: Span): readonly LaneSpan[] {
  const { endpoint, from, to } = span;
  const period = { from, ...(to !== undefined && { to }) };
  // Each connection is another text, and there are thousands.
  if (span.kind === 'presence') return [{ lane: 'presence', key: 'presence', endpoint, span, ...period }];
  const { fact } = span;
  if (fact.kind === 'activity') return activityOf(span, fact);
  const lane = laneOf(fact);
  if (lane === undefined) return [];
  const note = fact.kind === 'gap' || fact.kind === 'disruption' ? { note: fact.cause } : {};
  return [{ lane, key: keyOf(fact), endpoint, span, ...note, ...period }];
}

/** A silence, in the parts of which something different is known. */
export function laneSpansOfSilence({ endpoint, parts }: Silence): readonly LaneSpan[] {
  return parts.map(({ why, ...period }) => ({
    lane: 'evidence',
    key: 'silence',
    endpoint,
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
  if (fact.kind === 'suspend') return fact.kind;
  return factKey(fact);
}

function activityOf(span: Span, { local, remote }: FactOf<'activity'>): readonly LaneSpan[] {
  const { endpoint, from } = span;
  const hour = { endpoint, span, from, to: instant(millis(from) + HOUR) };
  return [
    ...(remote > 0 ? [{ lane: 'presence', key: 'activity|remote', ...hour } as const] : []),
    ...(local > 0 ? [{ lane: 'presence', key: 'activity|local', ...hour } as const] : []),
  ];
}

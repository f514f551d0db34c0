import { LANES, type Lane, type Uncovered, type UncoveredWhy } from '../../../shared/api/timeline.ts';
import type { FactKind } from '../../../shared/facts.ts';
import { type Instant, instant, millis } from '../../../shared/time.ts';
import type { Silence } from '../../detect/silences.ts';
import type { ContractorTimeline, Span } from '../../detect/timeline.ts';

export interface Watch {
  readonly id: string;
  readonly enrolledAt: Instant;
  readonly revokedAt: Instant | null;
}

interface Window {
  readonly from: Instant;
  readonly to: Instant;
  /** Pixels of the picture: what is narrower than half of one is left out. */
  readonly width: number;
}

/** Kinds that tell a lane's story; it is covered while an endpoint can see one of them. */
const LANE_PROBES: Readonly<Record<Lane, readonly FactKind[]>> = {
  control: ['control'],
  sessions: ['session'],
  tools: ['tool'],
  tunnels: ['tunnel', 'tool', 'proxy'],
  egress: [],
  hardware: ['peripheral', 'display'],
  presence: [],
  evidence: [],
};

/** What no endpoint could see, lane by lane: there an empty lane says nothing. */
export function uncovered(
  {
    timeline,
    silences,
    endpoints,
  }: {
    readonly timeline: ContractorTimeline;
    readonly silences: readonly Silence[];
    readonly endpoints: readonly Watch[];
  },
  window: Window,
): readonly Uncovered[] {
  if (endpoints.length === 0) return [];
  const words = Map.groupBy(timeline.spans('agent'), ({ endpoint }) => endpoint);
  const quiet = Map.groupBy(silences, ({ endpoint }) => endpoint);
  return LANES.filter((lane) => lane !== 'evidence').flatMap((lane) => {
    const blind = endpoints.flatMap((endpoint) =>
      blindness(lane, {
        endpoint,
        words: words.get(endpoint.id) ?? [],
        quiet: quiet.get(endpoint.id) ?? [],
        window,
      }),
    );
    return common(blind, { of: endpoints.length, window }).map((period) => ({ lane, ...period }));
  });
}

interface Blind {
  readonly endpoint: string;
  readonly from: number;
  readonly to: number;
  readonly why: UncoveredWhy;
}

interface Seen {
  readonly endpoint: Watch;
  readonly words: readonly Span<'agent'>[];
  readonly quiet: readonly Silence[];
  readonly window: Window;
}

function blindness(lane: Lane, { endpoint, words, quiet, window }: Seen): readonly Blind[] {
  const least = Math.max(1, (millis(window.to) - millis(window.from)) / window.width / 2);
  const blind = (from: Instant, to: Instant, why: UncoveredWhy): readonly Blind[] => {
    const [start, end] = [
      Math.max(millis(from), millis(window.from)),
      Math.min(millis(to), millis(window.to)),
    ];
    return end - start >= least ? [{ endpoint: endpoint.id, from: start, to: end, why }] : [];
  };
  return [
    ...blind(window.from, endpoint.enrolledAt, 'not-enrolled'),
    ...(endpoint.revokedAt === null ? [] : blind(endpoint.revokedAt, window.to, 'revoked')),
    ...quiet.flatMap(({ parts }) =>
      parts
        .filter(({ why }) => hides(why, lane))
        .flatMap((part) => blind(part.from, part.to ?? window.to, 'silent')),
    ),
    ...words.flatMap((word) => {
      const why = unseen(lane, word);
      return why === undefined ? [] : blind(word.from, word.to ?? window.to, why);
    }),
  ];
}

/** A machine that sleeps or is off has nothing to show; one without a network shows later what only it can see. */
function hides(why: Silence['why'], lane: Lane): boolean {
  if (why === 'unknown') return true;
  if (why === 'network-down') return lane === 'egress';
  return why === 'agent-stopped' && lane !== 'presence';
}

function unseen(lane: Lane, { fact }: Span<'agent'>): UncoveredWhy | undefined {
  const health = LANE_PROBES[lane].map((kind) => fact.probes[kind]);
  const said = health.filter((each) => each !== undefined);
  if (said.length === 0 || said.includes('ok')) return undefined;
  return said.find((each) => each !== 'ok');
}

/** Where all endpoints are blind at once, with every reason that holds there. */
function common(
  blind: readonly Blind[],
  { of, window }: { readonly of: number; readonly window: Window },
): readonly Omit<Uncovered, 'lane'>[] {
  const turns = blind
    .flatMap((each) => [
      { at: each.from, by: 1, each },
      { at: each.to, by: -1, each },
    ])
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  const open = new Map<string, number>();
  const reasons = new Map<UncoveredWhy, number>();
  const found: { from: number; to: number; why: Set<UncoveredWhy> }[] = [];
  let last = millis(window.from);
  for (const { at, by, each } of turns) {
    if (open.size === of && at > last) extend(found, { from: last, to: at, why: reasons.keys() });
    turn(open, each.endpoint, by);
    turn(reasons, each.why, by);
    last = at;
  }
  return found.map(({ from, to, why }) => ({ from: instant(from), to: instant(to), why: [...why] }));
}

function extend(
  found: { from: number; to: number; why: Set<UncoveredWhy> }[],
  { from, to, why }: { readonly from: number; readonly to: number; readonly why: Iterable<UncoveredWhy> },
): void {
  const before = found.at(-1);
  if (before?.to !== from) {
    found.push({ from, to, why: new Set(why) });
    return;
  }
  before.to = to;
  for (const each of why) before.why.add(each);
}

function turn<K>(counts: Map<K, number>, key: K, by: number): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

import { SILENCE_KINDS, type SilenceKind } from '../../shared/api.ts';
import type { FactKind } from '../../shared/facts.ts';
import { HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import { earlier, joined, later, lengthMs, spread, totalMs } from './periods.ts';
import type { ContractorTimeline, Period, Span } from './timeline.ts';

/**
 * What a machine did while nothing was heard of it. `agent-stopped`: it was up and awake, and its agent looked at nothing.
 * `network-down`: the agent went on, what it saw came later. `unknown`: it has not come back, or nothing proves what it did.
 */
export interface SilencePart extends Period {
  readonly why: SilenceKind;
}

export interface Silence extends Period {
  readonly endpoint: string;
  /** What took most of it. */
  readonly why: SilenceKind;
  /** In order of time. */
  readonly parts: readonly SilencePart[];
  /** The spans that tell so. */
  readonly spans: readonly string[];
}

/** What `silences` reads; a rule that asks it has to declare them. */
export const SILENCE_READS = [
  'presence',
  'agent',
  'suspend',
  'platform',
  'activity',
] as const satisfies readonly FactKind[];

/** Shorter than this is a reconnect, which waits 90 s at most, or the pace at which an agent notes that it is alive. */
const LEAST_MS = 2 * MINUTE;
/** From the boot of a machine to the first word of its agent. */
const START_MS = 10 * MINUTE;
/** An agent that runs notes every hour; so much silence holds at least one whole hour. */
const NOTES_WITHIN_MS = 2 * HOUR + LEAST_MS;

/** Every time in which an endpoint was not heard of, in order of `from` within each endpoint. Equal spans give equal silences. */
export function silences(timeline: ContractorTimeline): readonly Silence[] {
  const of = <K extends FactKind>(kind: K) => Map.groupBy(timeline.spans(kind), ({ endpoint }) => endpoint);
  const byKind = {
    presence: of('presence'),
    agent: of('agent'),
    suspend: of('suspend'),
    platform: of('platform'),
    activity: of('activity'),
  };
  const endpoints = new Set([...byKind.presence.keys(), ...byKind.agent.keys()]);
  return [...endpoints].toSorted().flatMap((endpoint) =>
    silencesOf(endpoint, {
      now: timeline.now,
      presence: byKind.presence.get(endpoint) ?? [],
      agent: byKind.agent.get(endpoint) ?? [],
      suspend: byKind.suspend.get(endpoint) ?? [],
      platform: byKind.platform.get(endpoint) ?? [],
      activity: byKind.activity.get(endpoint) ?? [],
    }),
  );
}

interface Heard {
  readonly now: Instant;
  readonly presence: readonly Span<'presence'>[];
  readonly agent: readonly Span<'agent'>[];
  readonly suspend: readonly Span<'suspend'>[];
  readonly platform: readonly Span<'platform'>[];
  readonly activity: readonly Span<'activity'>[];
}

/** A hole in the spans of a kind, and the spans around it. */
interface Hole<S> extends Period {
  readonly before: S;
  readonly after?: S;
}

function silencesOf(endpoint: string, heard: Heard): readonly Silence[] {
  const unheard = holesOf(heard.presence);
  const stops = holesOf(heard.agent).filter(({ to }) => to !== undefined);
  const silent = [...unheard, ...stops].toSorted((a, b) => (a.from < b.from ? -1 : 1));
  return joined(silent, 0).flatMap((run) => {
    const period = spread(run);
    if (!period) return [];
    const parts = partsOf(period, { ...heard, stops });
    const around = run.flatMap(({ before, after }) => (after ? [before.id, after.id] : [before.id]));
    const slept = heard.suspend.filter((sleep) => common(sleep, period) !== undefined);
    return [
      {
        endpoint,
        ...period,
        why: mostOf(parts, heard.now),
        parts,
        spans: [...new Set([...around, ...slept.map(({ id }) => id)])],
      },
    ];
  });
}

/** Between the spans of a kind, and after the last one when it ended. */
function holesOf<S extends Period>(spans: readonly S[]): readonly Hole<S>[] {
  const runs = joined(spans, LEAST_MS);
  return runs.flatMap((run, index): Hole<S>[] => {
    const end = spread(run)?.to;
    const before = run.findLast(({ to }) => to === end);
    if (end === undefined || !before) return [];
    const after = runs[index + 1]?.[0];
    return [{ from: end, before, ...(after && { to: after.from, after }) }];
  });
}

function partsOf(
  period: Period,
  heard: Heard & { readonly stops: readonly Hole<Span<'agent'>>[] },
): readonly SilencePart[] {
  const stopped = heard.stops.flatMap((stop) =>
    stopParts(stop, heard).flatMap((part) => within(part, period)),
  );
  const running = without(
    period,
    heard.stops.flatMap((stop) => common(stop, period) ?? []),
  );
  const ran = running.flatMap((part) => runningParts(part, heard));
  return [...stopped, ...ran].toSorted((a, b) => (a.from < b.from ? -1 : 1));
}

/** The agent did not run: the machine was shut down until it booted, slept, or was up without it. */
function stopParts({ from, to, before, after }: Hole<Span<'agent'>>, heard: Heard): readonly SilencePart[] {
  const period = { from, ...(to !== undefined && { to }) };
  if (!after || to === undefined || before.fact.boot === after.fact.boot) {
    return awake(period, 'agent-stopped', heard);
  }
  const told = heard.platform.filter((span) => span.from <= instant(millis(to) + START_MS)).at(-1);
  const bootedAt = told?.fact.bootedAt;
  const isLate = bootedAt !== undefined && bootedAt > from && lengthMs({ from: bootedAt, to }, to) > START_MS;
  if (!isLate) return [{ ...period, why: 'shut-down' }];
  return [{ from, to: bootedAt, why: 'shut-down' }, ...awake({ from: bootedAt, to }, 'agent-stopped', heard)];
}

/** The agent ran, as far as it says. */
function runningParts(period: Period, heard: Heard): readonly SilencePart[] {
  if (period.to === undefined) return awake(period, 'unknown', heard);
  return awake(period, 'unknown', heard).map((part) => {
    if (part.why === 'asleep') return part;
    if (heard.activity.some((note) => common(note, part) !== undefined))
      return { ...part, why: 'network-down' };
    const word = heard.agent.find((span) => common(span, part) !== undefined);
    const notes = word?.fact.probes['activity'] === 'ok';
    return notes && lengthMs(part, heard.now) > NOTES_WITHIN_MS ? { ...part, why: 'agent-stopped' } : part;
  });
}

/** A period without the machine's sleep, and its sleep. */
function awake(period: Period, why: SilenceKind, { suspend }: Heard): readonly SilencePart[] {
  const sleeps = suspend.flatMap((sleep) => common(sleep, period) ?? []);
  return [
    ...sleeps.map((sleep) => ({ ...sleep, why: 'asleep' as const })),
    ...without(period, sleeps).map((rest) => ({ ...rest, why })),
  ];
}

function within(part: SilencePart, period: Period): readonly SilencePart[] {
  const both = common(part, period);
  return both ? [{ ...both, why: part.why }] : [];
}

/** What two periods share; undefined for nothing, or a single moment. */
function common(a: Period, b: Period): Period | undefined {
  const from = later(a.from, b.from);
  if (a.to === undefined && b.to === undefined) return { from };
  const to = a.to === undefined || b.to === undefined ? (a.to ?? b.to ?? from) : earlier(a.to, b.to);
  return from < to ? { from, to } : undefined;
}

/** What is left of a period when others are taken out of it. */
function without(period: Period, others: readonly Period[]): readonly Period[] {
  const left: Period[] = [];
  let from: Instant | undefined = period.from;
  for (const run of joined(
    others.toSorted((a, b) => (a.from < b.from ? -1 : 1)),
    0,
  )) {
    const taken = spread(run);
    if (!taken || from === undefined) continue;
    if (from < taken.from) left.push({ from, to: taken.from });
    from = taken.to;
  }
  if (from === undefined) return left;
  if (period.to === undefined) return [...left, { from }];
  return from < period.to ? [...left, { from, to: period.to }] : left;
}

function mostOf(parts: readonly SilencePart[], now: Instant): SilenceKind {
  const byKind = SILENCE_KINDS.map((why) => ({
    why,
    ms: totalMs(
      parts.filter((part) => part.why === why),
      now,
    ),
  }));
  return byKind.reduce((most, each) => (each.ms > most.ms ? each : most)).why;
}

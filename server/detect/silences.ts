import { SILENCE_KINDS, type SilenceKind } from '../../shared/api.ts';
import type { FactKind } from '../../shared/facts.ts';
import { HOUR, type Instant, instant, MINUTE, millis } from '../../shared/time.ts';
import {
  byBeginning,
  common,
  countUntil,
  joined,
  later,
  lengthMs,
  spread,
  totalMs,
  without,
} from './periods.ts';
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

/** The same, ready to be asked about thousands of periods. */
interface Asked {
  readonly now: Instant;
  /** Sleeps that touch each other are one. */
  sleepsIn(period: Period): readonly Sleep[];
  isNotedIn(period: Period): boolean;
  wordIn(period: Period): Span<'agent'> | undefined;
  /** What was told last of the machine up to a moment. */
  machineAt(moment: Instant): Span<'platform'> | undefined;
}

interface Sleep extends Period {
  readonly spans: readonly string[];
}

/** A hole in the spans of a kind, and the spans around it. */
interface Hole<S> extends Period {
  readonly before: S;
  readonly after?: S;
}

/** As many sleeps that touch each other are named. */
const NAMED_SLEEPS = 20;

function silencesOf(endpoint: string, heard: Heard): readonly Silence[] {
  const asked = askable(heard);
  const unheard = holesOf(heard.presence);
  const stops = holesOf(heard.agent).filter(({ to }) => to !== undefined);
  const stopped = new Map<Period, readonly SilencePart[]>(
    stops.map((stop) => [stop, stopParts(stop, asked)]),
  );
  const silent = [...unheard, ...stops].toSorted(byBeginning);
  return joined(silent, 0).flatMap((run) => {
    const period = spread(run);
    if (!period) return [];
    const parts = partsOf(period, { asked, stops: run.filter((hole) => stopped.has(hole)), stopped });
    const around = run.flatMap(({ before, after }) => (after ? [before.id, after.id] : [before.id]));
    const slept = asked.sleepsIn(period).flatMap(({ spans }) => spans);
    return [
      {
        endpoint,
        ...period,
        why: mostOf(parts, heard.now),
        parts,
        spans: [...new Set([...around, ...slept])],
      },
    ];
  });
}

function askable({ now, suspend, activity, agent, platform }: Heard): Asked {
  const sleeps = joined(suspend, 0).flatMap((run): Sleep[] => {
    const period = spread(run);
    return period ? [{ ...period, spans: run.slice(-NAMED_SLEEPS).map(({ id }) => id) }] : [];
  });
  const noted = firstIn(activity);
  return {
    now,
    sleepsIn: allIn(sleeps),
    isNotedIn: (period) => noted(period) !== undefined,
    wordIn: firstIn(agent),
    machineAt: (moment) =>
      platform[countUntil(platform.length, (at) => (platform[at]?.from ?? '') <= moment) - 1],
  };
}

/** The first of these, in order of `from`, that has time in common with a period. */
function firstIn<T extends Period>(spans: readonly T[]): (period: Period) => T | undefined {
  const index = startIn(spans);
  return (period) => {
    const first = spans[index(period)];
    return first && common(first, period) ? first : undefined;
  };
}

/** All of these, which do not touch each other, that have time in common with a period. */
function allIn<T extends Period>(islands: readonly T[]): (period: Period) => readonly T[] {
  const index = startIn(islands);
  return (period) => {
    const found: T[] = [];
    for (let at = index(period); at < islands.length; at++) {
      const island = islands[at];
      if (!island || !common(island, period)) break;
      found.push(island);
    }
    return found;
  };
}

/** Where the first is that ends after a period begins, since none before it does. */
function startIn(spans: readonly Period[]): (period: Period) => number {
  const ends: Instant[] = [];
  let last = '';
  for (const { to = GOES_ON } of spans) {
    last = later(last, to);
    ends.push(last);
  }
  return ({ from }) => countUntil(ends.length, (at) => (ends[at] ?? '') <= from);
}

/** After every instant. */
const GOES_ON = '~';

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
  by: {
    readonly asked: Asked;
    readonly stops: readonly Period[];
    readonly stopped: ReadonlyMap<Period, readonly SilencePart[]>;
  },
): readonly SilencePart[] {
  const parts = by.stops.flatMap((stop) => by.stopped.get(stop) ?? []);
  const ran = without(period, by.stops).flatMap((part) => runningParts(part, by.asked));
  return [...parts, ...ran].toSorted(byBeginning);
}

/** The agent did not run: the machine was shut down until it booted, slept, or was up without it. */
function stopParts({ from, to, before, after }: Hole<Span<'agent'>>, asked: Asked): readonly SilencePart[] {
  const period = { from, ...(to !== undefined && { to }) };
  if (!after || to === undefined || before.fact.boot === after.fact.boot) {
    return awake(period, 'agent-stopped', asked);
  }
  const bootedAt = asked.machineAt(instant(millis(to) + START_MS))?.fact.bootedAt;
  const isLate = bootedAt !== undefined && bootedAt > from && lengthMs({ from: bootedAt, to }, to) > START_MS;
  if (!isLate) return [{ ...period, why: 'shut-down' }];
  return [{ from, to: bootedAt, why: 'shut-down' }, ...awake({ from: bootedAt, to }, 'agent-stopped', asked)];
}

/** The agent ran, as far as it says. */
function runningParts(period: Period, asked: Asked): readonly SilencePart[] {
  if (period.to === undefined) return awake(period, 'unknown', asked);
  return awake(period, 'unknown', asked).map((part) => {
    if (part.why === 'asleep') return part;
    if (asked.isNotedIn(part)) return { ...part, why: 'network-down' };
    const notes = asked.wordIn(part)?.fact.probes['activity'] === 'ok';
    return notes && lengthMs(part, asked.now) > NOTES_WITHIN_MS ? { ...part, why: 'agent-stopped' } : part;
  });
}

/** A period without the machine's sleep, and its sleep. */
function awake(period: Period, why: SilenceKind, { sleepsIn }: Asked): readonly SilencePart[] {
  const sleeps = sleepsIn(period).flatMap((sleep) => common(sleep, period) ?? []);
  return [
    ...sleeps.map((sleep) => ({ ...sleep, why: 'asleep' as const })),
    ...without(period, sleeps).map((rest) => ({ ...rest, why })),
  ];
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

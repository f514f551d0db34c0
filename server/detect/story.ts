import * as z from 'zod/mini';
import { contractorSchema } from '../../shared/declaration.ts';
import { CodedError } from '../../shared/errors.ts';
import { type Exception, exceptionSchema } from '../../shared/exception.ts';
import { type Fact, type FactOf, factIdentitySchema, factSchema } from '../../shared/facts.ts';
import { idSchema } from '../../shared/ids.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { peerAddressOf } from '../../shared/place.ts';
import { problemsOf } from '../../shared/problems.ts';
import { type Instant, instantSchema } from '../../shared/time.ts';
import { earlier } from './periods.ts';
import { spansOf, visitsOf } from './spans-of.ts';
import type { Endpoint, Profile, Span, Timeline, Visit } from './timeline.ts';
import { contractorTimelineOf, placeTimelineOf } from './timeline-of.ts';

/** What is known of an address; given by the collector's intel, left out where a story must stand alone. */
export type Enrich = (ip: string) => FactOf<'egress'>;

export interface Story {
  readonly now: Instant;
  readonly contractors: readonly Profile[];
  readonly endpoints: readonly Endpoint[];
  readonly exceptions: readonly Exception[];
  /** In the order of the lines. */
  readonly observations: readonly StoryObservation[];
  readonly spans: readonly Span[];
  readonly visits: readonly (Visit & { readonly place: string })[];
}

export type StoryObservation = TimedChange & { readonly endpoint: string };

const at = instantSchema;
const endpoint = idSchema;

const LINES = {
  contractor: z.strictObject({ contractor: contractorSchema }),
  endpoint: z.strictObject({
    endpoint: z.strictObject({ id: idSchema, contractor: idSchema, enrolledAt: instantSchema }),
  }),
  exception: z.strictObject({ exception: exceptionSchema }),
  now: z.strictObject({ now: instantSchema }),
  began: z.strictObject({ at, endpoint, began: factSchema }),
  noted: z.strictObject({ at, endpoint, noted: factSchema }),
  ended: z.strictObject({ at, endpoint, ended: factIdentitySchema }),
} as const;

/** Reads a story, JSON lines as DESIGN §6 has them. Throws STORY_INVALID with the line's number and the field. */
export function parseStory(text: string, enrich?: Enrich): Story {
  const lines = text.split('\n').flatMap((line, index) => {
    return line.trim() === '' ? [] : [{ number: index + 1, value: json(line, index + 1) }];
  });
  return storyOf(lines, enrich);
}

/** A story whose lines are objects already, as the examples of rules have them. */
export function storyFrom(lines: readonly object[], enrich?: Enrich): Story {
  return storyOf(
    lines.map((value, index) => ({ number: index + 1, value })),
    enrich,
  );
}

/** The timelines of all its contractors and places. The look-back window is the whole story. */
export function timelinesOf(story: Story): readonly Timeline[] {
  const { now, spans, visits } = story;
  const since = spans.reduce((first, { from }) => earlier(first, from), now);
  const byContractor = Map.groupBy(spans, ({ contractor }) => contractor);
  const byPlace = Map.groupBy(visits, ({ place }) => place);
  const placesOfEach = new Map(
    [...Map.groupBy(visits, ({ contractor }) => contractor)].map(([contractor, stays]) => {
      return [contractor, new Set(stays.map(({ place }) => place))] as const;
    }),
  );
  return [
    ...story.contractors.map((contractor) =>
      contractorTimelineOf({
        now,
        since,
        contractor,
        endpoints: story.endpoints.filter((owned) => owned.contractor === contractor.id),
        spans: byContractor.get(contractor.id) ?? [],
      }),
    ),
    ...[...byPlace].map(([place, stays]) => {
      const there = new Set(stays.map(({ contractor }) => contractor));
      const contractors = story.contractors.filter(({ id }) => there.has(id));
      const others = new Map(
        contractors.map(({ id }) => [
          id,
          new Set([...(placesOfEach.get(id) ?? [])].filter((other) => other !== place)),
        ]),
      );
      return placeTimelineOf({ now, since, place, visits: stays, contractors, others });
    }),
  ];
}

interface Line {
  readonly number: number;
  readonly value: unknown;
}

type Parsed = { readonly number: number } & (
  | { readonly is: 'contractor'; readonly of: z.infer<typeof contractorSchema> }
  | { readonly is: 'endpoint'; readonly of: Endpoint }
  | { readonly is: 'exception'; readonly of: Exception }
  | { readonly is: 'now'; readonly of: Instant }
  | { readonly is: 'observation'; readonly of: StoryObservation }
);

function storyOf(lines: readonly Line[], enrich?: Enrich): Story {
  const parsed = lines.map((line) => parsedLine(line, enrich));
  const contractors = new Map<string, Profile>();
  const endpoints = new Map<string, Endpoint>();
  for (const line of parsed) {
    if (line.is === 'contractor') once(contractors, line.number, profileOf(line.of));
    if (line.is === 'endpoint') once(endpoints, line.number, line.of);
  }
  for (const line of parsed) {
    const refers = line.is === 'endpoint' || line.is === 'exception' ? line.of.contractor : undefined;
    if (refers !== undefined && !contractors.has(refers)) {
      throw invalid(line.number, `${line.is}.contractor: no such contractor in this story: ${refers}`);
    }
    if (line.is === 'observation' && !endpoints.has(line.of.endpoint)) {
      throw invalid(line.number, `endpoint: no such endpoint in this story: ${line.of.endpoint}`);
    }
  }
  const told = parsed.flatMap((line) => (line.is === 'observation' ? [line.of] : []));
  const observations = enrich ? told.flatMap((one) => [one, ...peerOf(one, enrich)]) : told;
  const spans = spansOf(observations, endpoints);
  return {
    now: nowOf(parsed, endpoints),
    contractors: [...contractors.values()],
    endpoints: [...endpoints.values()],
    exceptions: parsed.flatMap((line) => (line.is === 'exception' ? [line.of] : [])),
    observations,
    spans,
    visits: visitsOf(spans),
  };
}

/** The last moment that anything happened, unless the story says when it is read. */
function nowOf(parsed: readonly Parsed[], endpoints: ReadonlyMap<string, Endpoint>): Instant {
  let last = '';
  for (const line of parsed) {
    if (line.is === 'now') return line.of;
    if (line.is === 'observation' && line.of.at > last) last = line.of.at;
  }
  if (last !== '') return last;
  return (
    [...endpoints.values()]
      .map(({ enrolledAt }) => enrolledAt)
      .toSorted()
      .at(-1) ?? '1970-01-01T00:00:00.000Z'
  );
}

function parsedLine({ number, value }: Line, enrich?: Enrich): Parsed {
  const fields = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const has = (field: string) => fields.includes(field);
  const read = <T extends z.core.$ZodType>(schema: T): z.infer<T> => {
    const result = z.safeParse(schema, value);
    if (!result.success) throw invalid(number, problemsOf(result.error));
    return result.data;
  };
  if (has('contractor')) return { number, is: 'contractor', of: read(LINES.contractor).contractor };
  if (has('exception')) return { number, is: 'exception', of: read(LINES.exception).exception };
  if (has('now')) return { number, is: 'now', of: read(LINES.now).now };
  if (has('endpoint') && !has('at')) return { number, is: 'endpoint', of: read(LINES.endpoint).endpoint };
  if (has('began')) {
    const { began, ...rest } = read(LINES.began);
    return {
      number,
      is: 'observation',
      of: { ...rest, change: 'began', fact: enriched(began, value, enrich) },
    };
  }
  if (has('noted')) {
    const { noted, ...rest } = read(LINES.noted);
    return { number, is: 'observation', of: { ...rest, change: 'noted', fact: noted } };
  }
  if (has('ended')) {
    const { ended, ...rest } = read(LINES.ended);
    return { number, is: 'observation', of: { ...rest, change: 'ended', fact: ended } };
  }
  throw invalid(
    number,
    'expected one of contractor, endpoint, exception, now, or at with began, noted or ended',
  );
}

/** Where somebody came from, as the collector would look it up. */
function peerOf({ fact, change, ...when }: StoryObservation, enrich: Enrich): readonly StoryObservation[] {
  const address = peerAddressOf(fact);
  if (!address || change === 'noted') return [];
  const { kind: _, via: __, ...whereabouts } = enrich(address.ip);
  if (change === 'ended') return [{ ...when, change, fact: { kind: 'peer', ...address } }];
  return [{ ...when, change, fact: { kind: 'peer', ...whereabouts, ...address } }];
}

/** An egress of which the story tells nothing but the address is looked up. */
function enriched(fact: Fact, line: unknown, enrich?: Enrich): Fact {
  if (fact.kind !== 'egress' || !enrich) return fact;
  const told = z.parse(z.object({ began: z.looseObject({}) }), line).began;
  return Object.keys(told).length === 2 ? enrich(fact.ip) : fact;
}

function profileOf({ id, ...declaration }: z.infer<typeof contractorSchema>): Profile {
  return Object.keys(declaration).length === 0 ? { id } : { id, declaration };
}

function once<T extends { readonly id: string }>(into: Map<string, T>, number: number, entry: T): void {
  if (into.has(entry.id)) throw invalid(number, `id: told twice: ${entry.id}`);
  into.set(entry.id, entry);
}

function json(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new CodedError('STORY_INVALID', { line: number, reason: 'not JSON' }, { cause });
  }
}

function invalid(line: number, reason: string): CodedError {
  return new CodedError('STORY_INVALID', { line, reason });
}

import * as z from 'zod/mini';
import { spanSchema } from '../api.ts';
import { type FactKind, factSchema, NETWORK_CLASSES } from '../facts.ts';
import { latSchema, lonSchema } from '../geo.ts';
import { idSchema } from '../ids.ts';
import { DAY, type Instant, instantSchema, millis, timezoneSchema } from '../time.ts';

/** In reading order. `evidence` holds gaps, silences and whatever else broke the record. */
export const LANES = [
  'control',
  'sessions',
  'tools',
  'tunnels',
  'egress',
  'hardware',
  'presence',
  'evidence',
] as const;
export type Lane = (typeof LANES)[number];

const LONGEST_MS = 400 * DAY;
const range = { from: z.optional(instantSchema), to: z.optional(instantSchema) };
type AskedRange = { readonly from?: Instant | undefined; readonly to?: Instant | undefined };
const isRange = z.refine<AskedRange>(({ from, to }) => (from === undefined) === (to === undefined), {
  error: 'from and to go together',
});
const inOrder = z.refine<AskedRange>(
  ({ from, to }) => {
    if (from === undefined || to === undefined) return true;
    const length = millis(to) - millis(from);
    return length > 0 && length <= LONGEST_MS;
  },
  { path: ['to'], error: 'must be later than from, by 400 days at most' },
);

/** Without a range: the last two weeks that are known. */
export const timelineQuerySchema = z
  .strictObject({
    ...range,
    /** Pixels of the picture: what lies closer than a few of them is merged where there is much. */
    width: z.optional(z.coerce.number().check(z.int(), z.minimum(100), z.maximum(8_000))),
  })
  .check(isRange, inOrder);

/** One line of a lane: one thing on one endpoint, over time. */
export const laneRowSchema = z.strictObject({
  lane: z.enum(LANES),
  /** Which thing it is; the same for each of its spans. */
  key: z.string(),
  /** Null for a row that stands for what had no room. */
  endpoint: z.nullable(idSchema),
  /** What the latest of its spans tells; null for silences and for what had no room. */
  fact: z.nullable(factSchema),
  /** How many things it stands for: more than one where they had no room of their own. */
  things: z.number(),
});

/** A stretch of a row, clipped to the range. */
export const segmentSchema = z.strictObject({
  row: z.number(),
  from: instantSchema,
  to: instantSchema,
  /** It began before the range. */
  before: z.optional(z.literal(true)),
  /** It goes on after the range. */
  after: z.optional(z.literal(true)),
  /** Of silences, mostly; of gaps the cause. */
  note: z.optional(z.string()),
  /** Spans merged into it; absent for one. */
  count: z.optional(z.number()),
  /** Milliseconds of the range that its spans cover, each moment once; absent where that is all of it. */
  ms: z.optional(z.number()),
});

export const UNCOVERED = ['not-enrolled', 'revoked', 'silent', 'denied', 'failed', 'unsupported'] as const;
export const uncoveredSchema = z.strictObject({
  lane: z.enum(LANES),
  from: instantSchema,
  to: instantSchema,
  /** What kept endpoints from seeing it; none of them saw it. */
  why: z.array(z.enum(UNCOVERED)),
});

const periodSchema = z.strictObject({ from: instantSchema, to: instantSchema });

export const timelineSchema = z.strictObject({
  now: instantSchema,
  from: instantSchema,
  to: instantSchema,
  /** All that there is to look at: from the first enrollment on. */
  extent: periodSchema,
  rows: z.array(laneRowSchema),
  segments: z.array(segmentSchema),
  /** Where a lane is empty because nobody looked, not because there was nothing. */
  uncovered: z.array(uncoveredSchema),
  /** Declared hours of work; empty over more than 100 days. */
  work: z.array(periodSchema),
  /** Spans in the range, before any merging. */
  spans: z.number(),
  /** Segments stand for several spans that lie close. */
  merged: z.boolean(),
});

/** The spans behind a segment. */
export const segmentQuerySchema = z
  .strictObject({
    lane: z.enum(LANES),
    key: z.string().check(z.maxLength(600)),
    endpoint: z.optional(idSchema),
    ...range,
  })
  .check(isRange, inOrder);
/** Latest first, 50 at most. */
export const segmentSpansSchema = z.strictObject({ spans: z.array(spanSchema), total: z.number() });

export const hoursQuerySchema = z.strictObject({
  weeks: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(26))),
});
const minutes = z.number().check(z.minimum(0));
export const hourCellSchema = z.strictObject({
  /** Hours of this kind that there were in the weeks: more or fewer by one where clocks were set. */
  hours: z.number(),
  /** Those of them for which activity was counted. */
  counted: z.number(),
  /** Minutes over all of them, at most 60 for each, however many machines. */
  local: minutes,
  remote: minutes,
  locked: minutes,
  /** Minutes within sessions or remote control where activity was not counted. */
  session: minutes,
  /** Minutes of the hour that were declared as work. */
  declared: minutes.check(z.maximum(60)),
});
export const hoursSchema = z.strictObject({
  /** The declared one; UTC where none was declared. */
  timezone: timezoneSchema,
  declaredZone: z.boolean(),
  declaredHours: z.enum(['declared', 'flexible', 'not-declared']),
  from: instantSchema,
  to: instantSchema,
  weeks: z.number(),
  /** Monday first, each with 24 hours. */
  days: z.array(z.array(hourCellSchema)),
  /** Minutes of input within and outside the declared hours; null where none are declared. */
  within: z.nullable(minutes),
  outside: z.nullable(minutes),
});

/** Without a range: the last 30 days. */
export const placesOfQuerySchema = z.strictObject(range).check(isRange, inOrder);
export const POSITIONS = ['usable', 'exit', 'mobile', 'disputed', 'too-wide', 'unknown'] as const;
export const observedPlaceSchema = z.strictObject({
  ip: z.string(),
  country: z.optional(z.string()),
  city: z.optional(z.string()),
  org: z.optional(z.string()),
  asn: z.optional(z.number()),
  networkClass: z.enum(NETWORK_CLASSES),
  lat: z.optional(latSchema),
  lon: z.optional(lonSchema),
  radiusKm: z.optional(z.number()),
  /** Whether it says where the machine was, and if not, why. */
  position: z.enum(POSITIONS),
  stays: z.number(),
  ms: z.number(),
  firstAt: instantSchema,
  /** Null while somebody is there. */
  lastAt: z.nullable(instantSchema),
  endpoints: z.array(idSchema),
});
export const contractorPlacesSchema = z.strictObject({
  from: instantSchema,
  to: instantSchema,
  /** Where most time was spent first; 200 at most. */
  observed: z.array(observedPlaceSchema),
  /** Addresses that had no room. */
  more: z.number(),
  declared: z.strictObject({
    countries: z.array(z.string()),
    home: z.nullable(z.strictObject({ lat: latSchema, lon: lonSchema })),
    shipTo: z.nullable(z.strictObject({ lat: latSchema, lon: lonSchema })),
    sharedSite: z.nullable(z.string()),
  }),
  /** From one observed place to the next, as indexes, in order of time; the latest 200. */
  moves: z.array(z.strictObject({ at: instantSchema, from: z.number(), to: z.number() })),
});

/** Kinds of fact of which lanes tell. */
export const LANE_KINDS = [
  'egress',
  'tunnel',
  'proxy',
  'tool',
  'listener',
  'session',
  'sign-in',
  'control',
  'peripheral',
  'display',
  'platform',
  'presence',
  'activity',
  'suspend',
  'gap',
  'disruption',
] as const satisfies readonly FactKind[];

export type TimelineQuery = z.infer<typeof timelineQuerySchema>;
export type TimelineView = z.infer<typeof timelineSchema>;
export type LaneRow = z.infer<typeof laneRowSchema>;
export type Segment = z.infer<typeof segmentSchema>;
export type Uncovered = z.infer<typeof uncoveredSchema>;
export type UncoveredWhy = (typeof UNCOVERED)[number];
export type SegmentQuery = z.infer<typeof segmentQuerySchema>;
export type HoursView = z.infer<typeof hoursSchema>;
export type HourCell = z.infer<typeof hourCellSchema>;
export type ContractorPlaces = z.infer<typeof contractorPlacesSchema>;
export type ObservedPlace = z.infer<typeof observedPlaceSchema>;
export type Position = (typeof POSITIONS)[number];

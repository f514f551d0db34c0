import * as z from 'zod/mini';
import { packScopeSchema } from '../pack.ts';
import { instantSchema, timezoneSchema } from '../time.ts';

const count = z.int().check(z.minimum(0));

/** `since-last`: from where the run before it ended, so that no moment is left out or told twice. The others end before the due time. */
export const PERIODS = ['since-last', 'day', 'week', 'month', 'quarter'] as const;
export type Period = (typeof PERIODS)[number];

const cronSchema = z.string().check(z.trim(), z.minLength(6), z.maxLength(100));

/** What a person may set. */
export const scheduleSettingsSchema = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(80)),
  /** Minute, hour, day of the month, month, day of the week. */
  cron: cronSchema,
  /** On whose clocks the expression is read, and where the days of a period begin. */
  timezone: timezoneSchema,
  period: z.enum(PERIODS),
  contractors: packScopeSchema.shape.contractors,
  endpoints: packScopeSchema.shape.endpoints,
  cases: packScopeSchema.shape.cases,
  redact: z.boolean(),
  /** A folder on the collector's machine; null is `packs` of its data folder. */
  folder: z.nullable(z.string().check(z.minLength(1), z.maxLength(1_000))),
  /** Of the packs that this schedule wrote, the latest so many stay. With `keepDays`, a pack stays while either wants it. */
  keepLast: z.nullable(z.int().check(z.minimum(1), z.maximum(10_000))),
  keepDays: z.nullable(z.int().check(z.minimum(1), z.maximum(36_500))),
  enabled: z.boolean(),
});
export type ScheduleSettings = Readonly<z.infer<typeof scheduleSettingsSchema>>;

/** One due time of a schedule: a pack that was written, is to be written, or was left out. */
export const scheduleRunSchema = z.strictObject({
  due: instantSchema,
  from: instantSchema,
  to: instantSchema,
  /** `failed` is tried again at `retryAt`; `skipped` never is. */
  status: z.enum(['waiting', 'running', 'done', 'failed', 'skipped']),
  claimedAt: instantSchema,
  /** It was missed when it was due, since the collector did not run or its clock was set. */
  madeUp: z.boolean(),
  /** Who asked for it; null when it came by the clock. */
  askedBy: z.nullable(z.string()),
  attempts: count,
  /** Why the last attempt failed: a code of `ERRORS`. */
  failure: z.nullable(z.string()),
  retryAt: z.nullable(instantSchema),
  finishedAt: z.nullable(instantSchema),
  /** The whole path. */
  file: z.nullable(z.string()),
  bytes: z.nullable(count),
  records: z.nullable(count),
  /** What the pack's seal says, so that no other file is ever taken for it. */
  sha256: z.nullable(z.string()),
  /** When it was removed, since it was kept long enough. */
  removedAt: z.nullable(instantSchema),
  /** How many due times from `due` through `through` were left out; `orMore` where nobody counted on. */
  skipped: z.nullable(z.strictObject({ count, through: instantSchema, orMore: z.boolean() })),
});
export type ScheduleRun = Readonly<z.infer<typeof scheduleRunSchema>>;

export const scheduleSchema = z.strictObject({
  id: z.string(),
  version: z.int(),
  settings: scheduleSettingsSchema,
  createdBy: z.string(),
  createdAt: instantSchema,
  /** The next three; none while it is paused. */
  next: z.array(instantSchema),
  succeededAt: z.nullable(instantSchema),
  /** Attempts that failed since it exists. */
  failures: count,
  /** Due times whose pack is not there yet. */
  unfinished: count,
  /** Latest due times first. */
  runs: z.array(scheduleRunSchema),
});
export type Schedule = Readonly<z.infer<typeof scheduleSchema>>;

export const schedulesSchema = z.strictObject({
  schedules: z.array(scheduleSchema),
  /** Where packs may go, the usual folder first. */
  folders: z.array(z.string()),
});

export const scheduleChangeSchema = z.strictObject({
  /** As it was when the change was thought of. */
  version: z.int(),
  settings: scheduleSettingsSchema,
});
export type ScheduleChange = Readonly<z.infer<typeof scheduleChangeSchema>>;

export const scheduleRemovalSchema = z.strictObject({
  version: z.int(),
  /** For the action log. */
  reason: z.optional(z.string().check(z.maxLength(500))),
});
export type ScheduleRemoval = Readonly<z.infer<typeof scheduleRemovalSchema>>;

export const schedulePreviewQuerySchema = z.strictObject({
  cron: cronSchema,
  timezone: timezoneSchema,
  period: z.enum(PERIODS),
});
export type SchedulePreviewQuery = Readonly<z.infer<typeof schedulePreviewQuerySchema>>;

/** When it would run next, and what each run would hold. */
export const schedulePreviewSchema = z.strictObject({
  sentence: z.string(),
  runs: z.array(z.strictObject({ due: instantSchema, from: z.nullable(instantSchema), to: instantSchema })),
});

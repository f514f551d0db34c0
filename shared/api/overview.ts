import * as z from 'zod/mini';
import { CASE_STATUSES } from '../case.ts';
import { FAMILIES, SEVERITIES } from '../finding.ts';
import { countrySchema } from '../geo.ts';
import { idSchema } from '../ids.ts';
import { DAY, instantSchema } from '../time.ts';

/** An endpoint that nothing was heard of for so long is silent: longer than a weekend. */
export const SILENT_MS = 3 * DAY;
/** As many days as the trend has. */
export const TREND_DAYS = 90;

const severityCounts = z.record(z.enum(SEVERITIES), z.number());

/** What is different from when the account last looked. */
const changesSchema = z.strictObject({
  /** Findings that were found since and stand, by severity. */
  found: severityCounts,
  /** Those that became more severe and stand; the latest five are named. */
  worse: z.strictObject({
    count: z.number(),
    shown: z.array(
      z.strictObject({
        id: z.string(),
        title: z.string(),
        severity: z.enum(SEVERITIES),
        was: z.enum(SEVERITIES),
        at: instantSchema,
      }),
    ),
  }),
  /** Opened since, and neither merged nor dissolved. */
  cases: z.number(),
  /** What others did to findings and cases, by who and what, most first. */
  others: z.array(z.strictObject({ actor: z.string(), action: z.string(), count: z.number() })),
  /** Endpoints that fell silent. */
  silent: z.number(),
  /** Holes in the evidence. */
  gaps: z.number(),
  /** Exceptions and settings that somebody else asked for, and that somebody else decided on. */
  asked: z.number(),
  decided: z.number(),
});

export const overviewSchema = z.strictObject({
  /** The moment and the feed entry as of which this was counted: send them back to mark it as seen. */
  at: instantSchema,
  cursor: z.number(),
  /** When the account last marked the overview as seen; null for never. */
  seenAt: z.nullable(instantSchema),
  /** What `changes` counts from: `seenAt`, but 30 days ago at most; a day ago where the account never did. */
  since: instantSchema,
  changes: changesSchema,
  open: z.array(
    z.strictObject({ severity: z.enum(SEVERITIES), family: z.enum(FAMILIES), count: z.number() }),
  ),
  /** The last 90 days in UTC, oldest first. Resolved: decided by somebody, retracted, or covered by an exception. */
  trend: z.array(z.strictObject({ day: z.string(), found: z.number(), resolved: z.number() })),
  fleet: z.strictObject({
    /** Endpoints that are not revoked. */
    endpoints: z.number(),
    online: z.number(),
    silent: z.number(),
    /** Of those that report now: all probes can look, or some cannot. */
    seeing: z.number(),
    impaired: z.number(),
    /** Versions of agents, oldest first; 20 at most. */
    agents: z.array(z.strictObject({ version: z.string(), endpoints: z.number() })),
  }),
  /** Cases that nobody is assigned to, the most severe first; five are named. */
  waiting: z.strictObject({
    count: z.number(),
    shown: z.array(
      z.strictObject({
        id: z.string(),
        status: z.enum(CASE_STATUSES),
        severity: z.enum(SEVERITIES),
        contractors: z.array(idSchema),
        findings: z.number(),
        openedAt: instantSchema,
      }),
    ),
  }),
});
export type Overview = Readonly<z.infer<typeof overviewSchema>>;
export type Changes = Overview['changes'];

export const seenSchema = z.strictObject({
  at: instantSchema,
  cursor: z.int().check(z.minimum(0)),
});

/** Where contractors are now against where they said they would be. Exits of VPNs and the like are no positions. */
export const worldSchema = z.strictObject({
  countries: z.array(
    z.strictObject({
      country: countrySchema,
      /** Contractors who declared it. */
      declared: z.number(),
      /** Contractors who are there now, and those of them who did not declare it. */
      here: z.number(),
      undeclared: z.number(),
    }),
  ),
  /** Positions by whole degrees; the 1,000 that hold most. */
  spots: z.array(
    z.strictObject({ lat: z.number(), lon: z.number(), contractors: z.number(), undeclared: z.number() }),
  ),
  /** Contractors of whom something is online, and those of them whose addresses all are exits or not placed. */
  online: z.number(),
  nowhere: z.number(),
});
export type World = Readonly<z.infer<typeof worldSchema>>;

import * as z from 'zod/mini';
import { endpointRowSchema } from '../api.ts';
import { PROBE_HEALTHS } from '../facts.ts';
import { idSchema, slugSchema } from '../ids.ts';
import { DAY } from '../time.ts';
import { pageQuery, wordsSchema } from './page.ts';

/** Nothing was heard for longer than a weekend. */
export const SILENT_AFTER_MS = 3 * DAY;

export const ENDPOINT_STATES = ['online', 'offline', 'silent', 'revoked'] as const;
/** By name, enrolled last first, or not heard of for the longest time first. */
export const ENDPOINT_ORDERS = ['name', 'enrolled', 'seen'] as const;

export const endpointsQuerySchema = z.strictObject({
  /** Found in id, machine name, contractor id or label; or the public address that it was at. */
  q: z.optional(wordsSchema),
  state: z.optional(z.enum(ENDPOINT_STATES)),
  contractor: z.optional(idSchema),
  version: z.optional(z.string().check(z.maxLength(64))),
  /** Endpoints that report this health of this probe. */
  probe: z.optional(slugSchema),
  health: z.optional(z.enum(PROBE_HEALTHS)),
  sort: z.optional(z.enum(ENDPOINT_ORDERS)),
  ...pageQuery,
});

export const fleetRowSchema = z.strictObject({
  ...endpointRowSchema.shape,
  state: z.enum(ENDPOINT_STATES),
  /** Holes in its evidence of the last 30 days. */
  gaps: z.number(),
});
export const endpointsSchema = z.strictObject({
  endpoints: z.array(fleetRowSchema),
  next: z.nullable(z.string()),
});

const versionCount = z.strictObject({ version: z.string(), endpoints: z.number() });
/** The whole fleet in numbers; revoked endpoints count only as such. */
export const fleetSchema = z.strictObject({
  states: z.record(z.enum(ENDPOINT_STATES), z.number()),
  /** Endpoints that were enrolled before under another id. */
  enrolledBefore: z.number(),
  /** Endpoints with a hole in their evidence of the last 30 days. */
  withGaps: z.number(),
  agents: z.array(versionCount),
  catalogs: z.array(versionCount),
  policies: z.array(versionCount),
  /** How many endpoints report each health of each probe, as last told. */
  probes: z.array(
    z.strictObject({
      probe: z.string(),
      ok: z.number(),
      denied: z.number(),
      failed: z.number(),
      unsupported: z.number(),
    }),
  ),
});

export type EndpointState = (typeof ENDPOINT_STATES)[number];
export type EndpointsQuery = z.infer<typeof endpointsQuerySchema>;
export type EndpointsPage = z.infer<typeof endpointsSchema>;
export type FleetRow = z.infer<typeof fleetRowSchema>;
export type Fleet = z.infer<typeof fleetSchema>;

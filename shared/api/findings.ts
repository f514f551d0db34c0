import * as z from 'zod/mini';
import { FAMILIES, findingSchema, OUTCOMES, SEVERITIES } from '../finding.ts';
import { idSchema, slugSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';
import { TRIAGE_STATUSES, triageSchema } from '../triage.ts';

/** Several of these, parted by commas. */
function several(values: readonly string[]) {
  const one = `(?:${values.join('|')})`;
  return z.string().check(z.regex(new RegExp(`^${one}(?:,${one})*$`), `expected ${values.join(', ')}`));
}

export const FINDING_SORTS = ['updated', 'severity', 'risk', 'age'] as const;
export type FindingSort = (typeof FINDING_SORTS)[number];

const filters = {
  outcome: z.optional(z.enum(OUTCOMES)),
  severity: z.optional(several(SEVERITIES)),
  status: z.optional(several(TRIAGE_STATUSES)),
  /** `me`, `none`, or an account. */
  assignee: z.optional(z.string().check(z.minLength(1), z.maxLength(128))),
  rule: z.optional(slugSchema),
  family: z.optional(z.enum(FAMILIES)),
  contractor: z.optional(idSchema),
  /** Found at this moment or later. */
  since: z.optional(instantSchema),
  /** Part of a title, or of a contractor's name or id. */
  q: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(100))),
  /** Risk of the contractor whom most weighs on, as of the last change. */
  minRisk: z.optional(z.coerce.number().check(z.minimum(0), z.maximum(600))),
};

export const findingFiltersSchema = z.strictObject(filters);
export type FindingFilters = Readonly<z.infer<typeof findingFiltersSchema>>;

/** As many findings may be asked for by name. */
export const MOST_IDS = 50;
const MOST_ID = 64;

export const findingsQuerySchema = z.strictObject({
  ...filters,
  /** Only these, of which some may not fit the filters; 50 at most, parted by commas. */
  ids: z.optional(
    z.string().check(
      z.minLength(1),
      z.maxLength(MOST_IDS * (MOST_ID + 1)),
      z.refine((ids) => ids.split(',').length <= MOST_IDS, `expected ${MOST_IDS} ids at most`),
    ),
  ),
  /** Latest change first where it is absent; `age` has the oldest first. */
  sort: z.optional(z.enum(FINDING_SORTS)),
  /** `asc` turns a sort around. */
  order: z.optional(z.enum(['asc', 'desc'])),
  /** Opaque; as `next` of the page before, of the same sort. */
  cursor: z.optional(z.string().check(z.maxLength(400))),
  /** Read from a query string, so text is turned into a number. */
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200))),
});
export type FindingsQuery = Readonly<z.infer<typeof findingsQuerySchema>>;

export const findingRowSchema = z.strictObject({
  ...findingSchema.shape,
  triage: triageSchema,
  /** The highest risk among its contractors, as of the last change. */
  risk: z.number(),
});
export type FindingRow = Readonly<z.infer<typeof findingRowSchema>>;

export const findingsPageSchema = z.strictObject({
  findings: z.array(findingRowSchema),
  /** What people call the contractors of this page, by id. */
  labels: z.record(z.string(), z.string()),
  next: z.nullable(z.string()),
});
export type FindingsPage = z.infer<typeof findingsPageSchema>;

/** What the filters besides severity and status leave, by those two. */
export const findingCountsSchema = z.strictObject({
  counts: z.array(
    z.strictObject({ severity: z.enum(SEVERITIES), status: z.enum(TRIAGE_STATUSES), count: z.number() }),
  ),
});
export type FindingCounts = z.infer<typeof findingCountsSchema>;

import * as z from 'zod/mini';
import { SEVERITIES } from '../finding.ts';
import { instantSchema } from '../time.ts';

const name = z.string().check(z.trim(), z.minLength(1), z.maxLength(60));

/** A queue as an account likes to see it: the filters of its address under a name. */
export const savedFilterSchema = z.strictObject({ name, query: z.string().check(z.maxLength(1_000)) });
export const savedFilterNameSchema = z.strictObject({ name });
export const savedFiltersSchema = z.strictObject({
  filters: z.array(z.strictObject({ ...savedFilterSchema.shape, savedAt: instantSchema })),
});
export type SavedFilters = z.infer<typeof savedFiltersSchema>;

export const searchQuerySchema = z.strictObject({
  q: z.string().check(z.trim(), z.minLength(1), z.maxLength(100)),
});
/** 20 of a kind at most, those first that begin with what is looked for. */
export const searchResultSchema = z.strictObject({
  contractors: z.array(z.strictObject({ id: z.string(), label: z.nullable(z.string()) })),
  endpoints: z.array(z.strictObject({ id: z.string(), hostname: z.string(), contractor: z.string() })),
  rules: z.array(z.strictObject({ id: z.string(), title: z.string() })),
  findings: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      severity: z.enum(SEVERITIES),
      contractors: z.array(z.string()),
    }),
  ),
});
export type SearchResult = z.infer<typeof searchResultSchema>;

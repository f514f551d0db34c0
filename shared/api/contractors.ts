import * as z from 'zod/mini';
import { contractorRowSchema } from '../api.ts';
import { idSchema } from '../ids.ts';
import { pageQuery, wordsSchema } from './page.ts';

const MOST_IDS = 100;

export const contractorsQuerySchema = z.strictObject({
  /** Found in id or label, in upper or lower case. */
  q: z.optional(wordsSchema),
  ...pageQuery,
});
/** In order of their ids. */
export const contractorsSchema = z.strictObject({
  contractors: z.array(contractorRowSchema),
  next: z.nullable(z.string()),
});

export const contractorLabelsQuerySchema = z.strictObject({
  /** Ids between commas; 100 at most. */
  ids: z.string().check(
    z.maxLength(MOST_IDS * 65),
    z.refine((text) => listOf(text).length <= MOST_IDS && listOf(text).every(isId), {
      error: 'expected ids between commas, 100 at most',
    }),
  ),
});
/** Id → label, of those that are known and have one. */
export const contractorLabelsSchema = z.strictObject({ labels: z.record(idSchema, z.string()) });

function listOf(text: string): readonly string[] {
  return text.split(',');
}

function isId(text: string): boolean {
  return z.safeParse(idSchema, text).success;
}

export type ContractorsQuery = z.infer<typeof contractorsQuerySchema>;
export type ContractorsPage = z.infer<typeof contractorsSchema>;

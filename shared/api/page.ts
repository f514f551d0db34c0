import * as z from 'zod/mini';

/** Of every list that is read a page at a time. */
export const pageQuery = {
  /** Opaque; as `next` of the page before. */
  cursor: z.optional(z.string().check(z.maxLength(400))),
  /** Read from a query string, so text is turned into a number. */
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200))),
};

/** What somebody looks for, as typed. */
export const wordsSchema = z.string().check(z.maxLength(100));

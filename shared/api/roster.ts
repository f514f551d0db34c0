import * as z from 'zod/mini';
import { declarationSchema } from '../declaration.ts';
import { idSchema } from '../ids.ts';
import { instantSchema } from '../time.ts';

/** A file that is larger is refused before it is read to its end. */
export const MOST_ROSTER_MB = 10;
/** As many as a preview names of each sort; all of them are counted. */
export const MOST_NAMED = 200;

const digest = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hexadecimal digits'));

/** The file itself is the body, up to 10 MB. */
export const rosterQuerySchema = z.strictObject({
  format: z.enum(['csv', 'json']),
  /** Its name, for the action log. */
  file: z.string().check(z.minLength(1), z.maxLength(200)),
});

/** As the preview gave them: nothing else is imported. */
export const rosterImportQuerySchema = z.strictObject({
  ...rosterQuerySchema.shape,
  sha256: digest,
  plan: digest,
});

const known = z.strictObject({
  label: z.nullable(z.string()),
  declaration: z.nullable(declarationSchema),
});
const named = z.strictObject({ id: idSchema, label: z.nullable(z.string()) });

function listOf<S extends z.core.$ZodType>(item: S) {
  return z.strictObject({ count: z.number(), shown: z.array(item) });
}

export const rosterPreviewSchema = z.strictObject({
  /** SHA-256 of the file. */
  sha256: digest,
  /** SHA-256 of what the import would do, by what is stored now; null where the file has problems, and nothing can be imported. */
  plan: z.nullable(digest),
  problems: listOf(
    z.strictObject({
      /** As a spreadsheet counts; absent where it is the file as a whole. */
      row: z.optional(z.number()),
      column: z.optional(z.string()),
      reason: z.string(),
    }),
  ),
  added: listOf(z.strictObject({ id: idSchema, after: known })),
  changed: listOf(z.strictObject({ id: idSchema, before: known, after: known })),
  unchanged: listOf(named),
  /** Stored, and not in the file: they stay as they are. */
  missing: listOf(named),
  /** Endpoints that get another contractor. */
  bound: listOf(z.strictObject({ endpoint: idSchema, from: idSchema, to: idSchema })),
});
export type RosterPreview = Readonly<z.infer<typeof rosterPreviewSchema>>;

export const rosterImportedSchema = z.strictObject({
  at: instantSchema,
  added: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  bound: z.number(),
});

import * as z from 'zod/mini';
import { instantSchema } from '../../shared/time.ts';

export const BACKUP_MANIFEST = 'backup.json';

/** The last entry of a backup: every other one with its hash. Paths are below the data folder. */
export const backupSchema = z.strictObject({
  format: z.literal('farhand-backup.v1'),
  version: z.string(),
  /** Of the store's schema. */
  schema: z.int(),
  at: instantSchema,
  files: z
    .array(
      z.strictObject({
        path: z.string().check(
          z.regex(/^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/),
          z.refine((path) => !path.split('/').includes('..'), 'leads out of the folder'),
        ),
        bytes: z.int().check(z.minimum(0)),
        sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
      }),
    )
    .check(z.maxLength(1_000)),
});
export type Backup = Readonly<z.infer<typeof backupSchema>>;

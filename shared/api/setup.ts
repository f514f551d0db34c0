import * as z from 'zod/mini';
import { instantSchema } from '../time.ts';

/** What is configured and how the collector stands, without any secret. */
export const setupSchema = z.strictObject({
  version: z.string(),
  startedAt: instantSchema,
  now: instantSchema,
  /** Where agents and people reach it. */
  url: z.string(),
  dataDir: z.string(),
  /** Bytes of everything in that folder, and of the database with its log. */
  dataDirBytes: z.number(),
  databaseBytes: z.number(),
  /** Bytes that are free on its disk. */
  freeBytes: z.number(),
  schema: z.number(),
  /** Subjects that wait to be judged, and since when the first does. */
  backlog: z.strictObject({ subjects: z.number(), since: z.nullable(instantSchema) }),
  tls: z.enum(['own', 'proxy', 'none']),
  trustedProxies: z.array(z.string()),
  mirrors: z.array(z.string()),
  egressFrom: z.string(),
  /** Days that each class of data is kept, or `forever`. */
  retention: z.record(z.string(), z.union([z.number(), z.literal('forever')])),
  catalog: z.string(),
  policy: z.string(),
  geo: z.strictObject({
    description: z.string(),
    files: z.array(
      z.strictObject({
        purpose: z.string(),
        path: z.string(),
        name: z.optional(z.string()),
        ageDays: z.optional(z.number()),
        stale: z.boolean(),
        refused: z.optional(z.string()),
      }),
    ),
  }),
  certificate: z.nullable(
    z.strictObject({ pin: z.string(), expiresAt: instantSchema, expiring: z.boolean() }),
  ),
  /** What an identity provider is called on the sign-in page; null where none is configured. */
  oidc: z.nullable(z.string()),
});
export type Setup = Readonly<z.infer<typeof setupSchema>>;

/** What there is to do on a new collector, ticked by how it really stands. */
export const checklistSchema = z.strictObject({
  /** Endpoints that are not revoked. */
  endpoints: z.number(),
  /** Contractors who declared something. */
  declared: z.number(),
  /** Accounts that may sign in. */
  accounts: z.number(),
  /** Who said that backup and keys are noted down, and when. */
  noted: z.nullable(z.strictObject({ by: z.string(), at: instantSchema })),
  /** When this account dismissed the list. */
  dismissedAt: z.nullable(instantSchema),
});
export type Checklist = Readonly<z.infer<typeof checklistSchema>>;

import * as z from 'zod/mini';
import { countrySchema } from './geo.ts';
import { idSchema, slugSchema } from './ids.ts';
import { cidrSchema } from './ip.ts';
import { instantSchema } from './time.ts';

const person = z.string().check(z.minLength(1), z.maxLength(128));

/** What an exception may permit; where several are given, all of them must hold. */
const PERMITTED = ['tool', 'country', 'network', 'place', 'rule'] as const;

const permission = {
  contractor: idSchema,
  /** Catalog id of a tool, VPN or device. */
  tool: z.optional(slugSchema),
  country: z.optional(countrySchema),
  /** Egress addresses, as a CIDR. */
  network: z.optional(cidrSchema),
  /** Such as `egress:198.51.100.7`: the contractor may be there together with others. */
  place: z.optional(z.string().check(z.minLength(3), z.maxLength(120))),
  rule: z.optional(slugSchema),
  from: instantSchema,
  until: instantSchema,
};

const endsLater = z.refine<{ from: string; until: string }>(({ from, until }) => from < until, {
  path: ['until'],
  error: 'must be later than from',
});
const permitsSomething = z.refine<{ readonly [K in (typeof PERMITTED)[number]]?: string | undefined }>(
  (exception) => PERMITTED.some((what) => exception[what] !== undefined),
  { error: `must name at least one of ${PERMITTED.join(', ')}` },
);

/** What somebody asks to be permitted. */
export const permissionSchema = z.strictObject(permission).check(endsLater, permitsSomething);

/** A time-boxed permission for one contractor, asked for by one person and approved by another. */
export const exceptionSchema = z
  .strictObject({
    id: idSchema,
    ...permission,
    reason: z.string().check(z.minLength(1), z.maxLength(500)),
    requestedBy: person,
    approvedBy: person,
  })
  .check(
    z.refine(({ requestedBy, approvedBy }) => requestedBy !== approvedBy, {
      path: ['approvedBy'],
      error: 'nobody approves their own request',
    }),
    endsLater,
    permitsSomething,
  );

export type Exception = Readonly<z.infer<typeof exceptionSchema>>;

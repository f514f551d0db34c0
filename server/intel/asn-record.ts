import * as z from 'zod/mini';
import type { Asn } from './asns.ts';

/** MaxMind, DB-IP and ip-location-db name their fields alike. */
const schema = z.object({
  autonomous_system_number: z.int().check(z.minimum(1), z.maximum(4_294_967_295)),
  autonomous_system_organization: z._default(z.string(), ''),
});

/** Undefined for a record without a number. */
export function asnRecordOf(value: unknown): Asn | undefined {
  const { success, data } = z.safeParse(schema, value);
  return success
    ? { asn: data.autonomous_system_number, org: data.autonomous_system_organization.trim().slice(0, 128) }
    : undefined;
}

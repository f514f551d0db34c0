import * as z from 'zod/mini';
import { countrySchema, latSchema, lonSchema } from './geo.ts';
import { idSchema, keyedHashSchema, slugSchema } from './ids.ts';
import { timezoneSchema } from './time.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const timeOfDay = z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 09:00'));

export const workHoursSchema = z.strictObject({
  days: z.array(z.enum(WEEKDAYS)).check(z.minLength(1), z.maxLength(7)),
  from: timeOfDay,
  /** May be earlier than `from`: then the shift ends on the next day. */
  to: timeOfDay,
});

const point = z.strictObject({ lat: latSchema, lon: lonSchema });

/** What a contractor said about where, when and with what they work. Every part may be missing: then nothing is contradicted. */
export const declarationSchema = z.strictObject({
  countries: z.optional(z.array(countrySchema).check(z.minLength(1), z.maxLength(20))),
  home: z.optional(point),
  /** Where the machine was sent to, if not home. */
  shipTo: z.optional(point),
  timezone: z.optional(timezoneSchema),
  workHours: z.optional(workHoursSchema),
  /** Catalog ids of remote-access tools that the organization agreed to. */
  approvedTools: z.optional(z.array(slugSchema).check(z.maxLength(50))),
  /** Catalog ids of VPN, mesh, proxy or anonymizer products that the organization agreed to. */
  approvedVpns: z.optional(z.array(slugSchema).check(z.maxLength(50))),
  /** Contractors with an equal name here said that they work at one place: an office, a household, a coworking room. */
  sharedSite: z.optional(idSchema),
  /** Keyed hashes of the serials of the machines that were issued. */
  issuedSerials: z.optional(z.array(keyedHashSchema).check(z.maxLength(20))),
  /** The issued machine is a virtual one. */
  virtualMachine: z.optional(z.boolean()),
  /** Works whenever it suits: hours contradict nothing. */
  flexibleHours: z.optional(z.boolean()),
  /** Works on the move within the declared countries: many networks contradict nothing. */
  mobileWorker: z.optional(z.boolean()),
});

export const contractorSchema = z.strictObject({ id: idSchema, ...declarationSchema.shape });

/** The parts without which a declaration leaves rules with nothing to compare. */
export const ESSENTIAL_PARTS = ['countries', 'timezone', 'workHours'] as const;

export type WorkHours = Readonly<z.infer<typeof workHoursSchema>>;
export type Declaration = Readonly<z.infer<typeof declarationSchema>>;

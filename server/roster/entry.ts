import { getAllCountries } from 'countries-and-timezones';
import * as z from 'zod/mini';
import { contractorSchema, type Declaration, workHoursSchema } from '../../shared/declaration.ts';
import { countrySchema } from '../../shared/geo.ts';
import { idSchema } from '../../shared/ids.ts';
import { isSerial } from '../../shared/serial.ts';

// XK is what databases answer for Kosovo, though ISO 3166 leaves it to its users.
const COUNTRIES: ReadonlySet<string> = new Set([...Object.keys(getAllCountries()), 'XK']);

const country = countrySchema.check(
  z.refine((code) => !/^[A-Z]{2}$/.test(code) || COUNTRIES.has(code), {
    error: ({ input }) =>
      input === 'UK' ? 'UK is no country code; Great Britain is GB' : `${input} is no country code`,
  }),
);

// Control characters, and those that turn the reading direction and so disguise a label.
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

const serial = z.string().check(
  z.maxLength(64),
  z.refine((text) => !UNPRINTABLE.test(text), 'expected one line of printable text'),
  z.refine(isSerial, {
    error: ({ input }) => `${String(input)} is no serial number but what makers leave in its place`,
  }),
);

/** One row of a roster: who, what they declared, and which enrolled endpoints are theirs. */
export const entrySchema = z.strictObject({
  ...contractorSchema.shape,
  label: z.optional(
    z.string().check(
      z.minLength(1),
      z.maxLength(200),
      z.refine((label) => !UNPRINTABLE.test(label), 'expected one line of printable text'),
    ),
  ),
  countries: z.optional(z.array(country).check(z.minLength(1), z.maxLength(20))),
  workHours: z.optional(
    workHoursSchema.check(
      z.refine(({ from, to }) => from !== to, { path: ['to'], error: 'the shift ends when it starts' }),
    ),
  ),
  /** As they stand on the machines; only their hashes are kept. */
  issuedSerials: z.optional(z.array(serial).check(z.maxLength(20))),
  endpoints: z.optional(z.array(idSchema).check(z.maxLength(50))),
});

export type RosterEntry = Readonly<z.infer<typeof entrySchema>>;

/** The declaration of an entry, or undefined when it declares nothing. Serial numbers are kept as `hash` gives them. */
export function declarationOf(entry: RosterEntry, hash: (serial: string) => string): Declaration | undefined {
  const { id: _id, label: _label, endpoints: _endpoints, issuedSerials, ...said } = entry;
  const hashes = issuedSerials && [...new Set(issuedSerials.map(hash))].toSorted();
  const declared = hashes ? { ...said, issuedSerials: hashes } : said;
  return Object.keys(declared).length === 0 ? undefined : declared;
}

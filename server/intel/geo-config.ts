import * as z from 'zod';
import { NETWORK_CLASSES } from '../../shared/facts.ts';
import { siteSchema } from './corporate.ts';
import { CLASS_OF_FORMAT, LIST_FORMATS } from './network-list.ts';

const listSchema = z
  .strictObject({
    file: z.string(),
    format: z.enum(LIST_FORMATS),
    networkClass: z.enum(NETWORK_CLASSES).optional(),
  })
  .refine(
    ({ format, networkClass }) => (networkClass === undefined) === (CLASS_OF_FORMAT[format] !== undefined),
    'a list of format cidr needs networkClass, such as vpn or hosting; the others have their own',
  );

export type ListConfig = Readonly<z.infer<typeof listSchema>>;

/** What the operator says of addresses, and where the data lies. */
export const geoSchema = z.strictObject({
  cityDb: z
    .string()
    .optional()
    .describe('MMDB file with cities. Default: the DB-IP file of the optional dependency.'),
  secondDb: z
    .string()
    .optional()
    .describe('A second one to compare with: another country is disputed, another place widens the radius.'),
  asnDb: z.string().optional().describe('MMDB file with AS numbers. Default: the table that npm installs.'),
  overridesFile: z
    .string()
    .optional()
    .describe('JSON file of ranges that come before any database, such as wrong places that you know.'),
  corporate: z
    .array(siteSchema)
    .max(10_000)
    .optional()
    .describe(
      'Your own egress: cidr or asn, name, and country, lat, lon where it has a place. Wins over all.',
    ),
  lists: z
    .array(listSchema)
    .max(50)
    .optional()
    .describe('Files of networks: file, format (cidr, tor, apple-relay), for cidr also networkClass.'),
  listsStaleDays: z
    .number()
    .min(1)
    .max(3_650)
    .optional()
    .describe('Days after which a list is warned of as stale. Default: 30.'),
});

export type GeoConfig = Readonly<z.infer<typeof geoSchema>>;

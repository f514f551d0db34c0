import { z } from 'zod';
import { ROLES } from '../shared/account.ts';

/** The part of the configuration that names an identity provider. */
export const oidcSchema = z
  .strictObject({
    issuer: z.url().refine(isSafe, 'expected https, or http on loopback'),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1).optional(),
    clientSecretFile: z.string().min(1).optional(),
    label: z.string().min(1).max(60).default('single sign-on'),
    scope: z.string().default('openid profile email'),
    roleClaim: z.string().min(1).default('groups'),
    roles: z.record(z.string().min(1), z.enum(ROLES)).default({}),
  })
  .refine(
    ({ clientSecret, clientSecretFile }) => clientSecret === undefined || clientSecretFile === undefined,
    {
      error: 'give clientSecret or clientSecretFile',
    },
  );

/** As the configuration, with the secret read. */
export type OidcSettings = Readonly<Omit<z.infer<typeof oidcSchema>, 'clientSecretFile'>>;

function isSafe(issuer: string): boolean {
  const { protocol, hostname } = new URL(issuer);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname))
  );
}

import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { MOST_MIRRORS } from '../shared/enrollment.ts';
import { CodedError } from '../shared/errors.ts';
import { VIAS } from '../shared/facts.ts';
import { mirrorSchema } from '../shared/mirror.ts';
import { nearest } from '../shared/nearest.ts';
import { DEFAULT_POLICY, policySchema } from '../shared/policy.ts';
import { geoSchema } from './intel/geo-config.ts';
import { type OidcSettings, oidcSchema } from './oidc-config.ts';
import { retentionSchema } from './retention/retention-config.ts';

const DEFAULT_DATA_DIR = '.farhand/collector';

/** Every key of the collector's configuration, with its default. `dataDir` and files are paths; times are named with their unit. */
export const configSchema = z.strictObject({
  dataDir: z
    .string()
    .default(DEFAULT_DATA_DIR)
    .describe('Folder of the database; made when missing, readable by its owner only.'),
  host: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address to listen on. Off loopback, `tls` is required, or `behindProxy` with `trustedProxies`.',
    ),
  port: z.int().min(0).max(65_535).default(7443).describe('Port for agents and console; 0 takes a free one.'),
  publicUrl: z
    .url()
    .optional()
    .describe(
      'Where agents and people reach the collector; written into enrollment tokens. Default: scheme, host and port.',
    ),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('What is logged to stderr, as JSON lines.'),
  tls: z
    .strictObject({ cert: z.string(), key: z.string() })
    .optional()
    .describe(
      'PEM files of certificate chain and private key, as `farhand init` makes them. Changed files are taken up without a restart.',
    ),
  behindProxy: z
    .boolean()
    .default(false)
    .describe(
      'Says that a proxy in front speaks TLS; it must be named in `trustedProxies`, and nobody else may connect in the clear.',
    ),
  trustedProxies: z
    .array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))
    .default([])
    .describe(
      'Addresses or CIDR ranges of proxies that are believed where a client comes from. Nobody else is.',
    ),
  forwardedHeader: z
    .enum(['X-Forwarded-For', 'Forwarded'])
    .default('X-Forwarded-For')
    .describe(
      'The one header that those proxies write. The other could be written by the client, and is ignored.',
    ),
  proxyProtocol: z
    .boolean()
    .default(false)
    .describe('Says that those proxies begin each connection with a PROXY protocol v2 header, before TLS.'),
  maxConnections: z
    .int()
    .min(1)
    .max(100_000)
    .default(20_000)
    .describe('Connected agents at most; more are told to come back later.'),
  oidc: oidcSchema
    .optional()
    .describe(
      'Identity provider (OpenID Connect) by which people may sign in: `issuer`, `clientId`, `clientSecretFile` (or `clientSecret`), `label`, and `roles`, which maps values of the claim `roleClaim` (`groups`) to roles; `*` is the role of everybody else, and without it they stay out.',
    ),
  geo: geoSchema.default({}).describe('What addresses tell.'),
  place: z
    .strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) })
    .optional()
    .describe(
      'Where the collector itself stands, in degrees; round trips tell how far from it an endpoint can be.',
    ),
  sharedPlaces: z
    .array(z.string().regex(/^(egress|gateway|access-point|display|usb|machine):\S{1,100}$/))
    .max(1_000)
    .default([])
    .describe(
      'Places where contractors may meet, as ids such as `gateway:<hash>`: the routers of your offices.',
    ),
  mirrors: mini
    ._default(mini.array(mirrorSchema).check(mini.maxLength(MOST_MIRRORS)), [])
    .check(
      mini.describe(
        'Mirrors that agents ask from where they speak: `url`, `publicKey`, and `pin` of its certificate if it is not verified. Told at enrollment.',
      ),
    ),
  egressFrom: z
    .enum(VIAS)
    .default('socket')
    .describe(
      'Whose word counts for where an endpoint speaks from; the other is kept beside it. Use `mirror` where agents come through a corporate VPN.',
    ),
  sanctionedEgress: z
    .array(z.string().regex(/^[A-Z]{2}$/))
    .default(['KP'])
    .describe('Countries of egress that are critical because of sanctions routing.'),
  anchors: z
    .strictObject({ file: z.string().optional(), webhook: z.url({ protocol: /^https$/ }).optional() })
    .default({})
    .describe(
      'Where signed roots of days are written besides: a `file` to append to, on a disk that others keep, and a `webhook` (https) to post to.',
    ),
  packFolders: z
    .array(z.string().refine(isAbsolute, 'expected an absolute path'))
    .max(100)
    .default([])
    .describe(
      'Folders into which schedules may write audit packs, besides `packs` of the data folder. They must exist; none is ever made.',
    ),
  metrics: z
    .boolean()
    .default(true)
    .describe(
      'Answers `GET /metrics` for Prometheus: from loopback without credentials, unless a proxy is configured, else with an API token of scope `read`.',
    ),
  retention: retentionSchema
    .prefault({})
    .describe(
      'Days that each class is kept, or `forever`: `evidence` 400, `spans` 400, `findings` 730, `cases` 1095, `actions` forever, `declarations` 1095.',
    ),
  policy: mini
    ._default(policySchema, DEFAULT_POLICY)
    .check(mini.describe('How agents look: seconds between rounds by probe, account names plain or hashed.')),
});

export type Config = Readonly<z.infer<typeof configSchema>>;

export interface ConfigSources {
  readonly file?: string | undefined;
  /** False leaves the data folder's own file alone. */
  readonly ownFile?: boolean;
  /** The process's own where left out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** In place of the schema's defaults. */
  readonly defaults?: Partial<Config>;
  /** What was given on the command line. */
  readonly flags?: {
    readonly dataDir?: string | undefined;
    readonly port?: string | undefined;
    readonly host?: string | undefined;
  };
}

/**
 * Defaults, then file, then FARHAND_* variables, then flags. Without a file named, `farhand.json` of the data folder, where there is one.
 * Throws CONFIG_INVALID naming the key, or FILE_UNREADABLE.
 */
export function readConfig(sources: ConfigSources): Config {
  const { file, ownFile = true, env = process.env, flags = {}, defaults = {} } = sources;
  const dataDir = flags.dataDir ?? env['FARHAND_DATA_DIR'] ?? defaults.dataDir;
  const path = file ?? env['FARHAND_CONFIG'] ?? (ownFile ? configInDataDir(dataDir) : undefined);
  const fromFile = path === undefined ? {} : readJson(path);
  const above = {
    dataDir: flags.dataDir ?? env['FARHAND_DATA_DIR'],
    host: flags.host ?? env['FARHAND_HOST'],
    port: numberOf(flags.port ?? env['FARHAND_PORT']),
    logLevel: env['FARHAND_LOG_LEVEL'],
  };
  const given = Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined));
  const result = configSchema.safeParse({ ...defaults, ...fromFile, ...given });
  if (!result.success) throw new CodedError('CONFIG_INVALID', { file: path, reason: describe(result.error) });
  const config = { ...result.data, dataDir: resolve(result.data.dataDir) };
  requireTls(config);
  return config;
}

/** What programs that we start inherit. */
export function environment(): NodeJS.ProcessEnv {
  return process.env;
}

/** Where `farhand init` writes the configuration of a data folder. */
export function configFileOf(dataDir: string): string {
  return join(dataDir, 'farhand.json');
}

function configInDataDir(dataDir = DEFAULT_DATA_DIR): string | undefined {
  const path = configFileOf(resolve(dataDir));
  return existsSync(path) ? path : undefined;
}

/** The data folder alone, for commands that need nothing else. */
export function dataDirOf(flag?: string): string {
  return readConfig({ flags: { dataDir: flag } }).dataDir;
}

/** Where agents and people reach the collector. */
export function urlFor({ publicUrl, host, port, tls }: Config): string {
  return publicUrl ?? `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** SHA-256 of the certificate's public key (SPKI), as agents pin it; undefined without TLS. Throws FILE_UNREADABLE. */
export function pinOf({ tls }: Config): string | undefined {
  if (!tls) return undefined;
  const { publicKey } = new X509Certificate(readBytes(tls.cert));
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

/** The identity provider with its secret. Throws FILE_UNREADABLE. */
export function oidcSettings({ oidc }: Config): OidcSettings | undefined {
  if (!oidc) return undefined;
  const { clientSecretFile, ...settings } = oidc;
  if (clientSecretFile === undefined) return settings;
  return { ...settings, clientSecret: readBytes(clientSecretFile).toString().trim() };
}

export function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new CodedError(
      'FILE_UNREADABLE',
      { path, reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

function requireTls({ host, tls, behindProxy, trustedProxies, proxyProtocol }: Config): void {
  if ((behindProxy || proxyProtocol) && trustedProxies.length === 0)
    throw new CodedError('CONFIG_INVALID', {
      key: 'trustedProxies',
      reason: `${behindProxy ? 'behindProxy' : 'proxyProtocol'} needs the addresses of the proxies`,
    });
  const loopback = host === 'localhost' || host === '::1' || host.startsWith('127.');
  if (loopback || tls || behindProxy) return;
  throw new CodedError('CONFIG_INVALID', {
    key: 'tls',
    reason: `${host} is not loopback, and agents must not speak in the clear; "farhand init" makes a certificate`,
  });
}

function readJson(path: string): object {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new CodedError(
      'FILE_UNREADABLE',
      { path, reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

function numberOf(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : text;
}

function describe(error: z.ZodError): string {
  return error.issues
    .map((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map(unknownKey).join('; ')
        : `${issue.path.join('.')}: ${issue.message}`,
    )
    .join('; ');
}

function unknownKey(key: string): string {
  const near = nearest(key, Object.keys(configSchema.shape));
  return near ? `unknown key ${key}; did you mean ${near}?` : `unknown key ${key}`;
}

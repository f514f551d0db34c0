import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { CodedError } from '../shared/errors.ts';
import { nearest } from '../shared/nearest.ts';
import { problemsOf } from '../shared/problems.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** What `<dataDir>/agent.json` may say. */
const settingsSchema = z.strictObject({
  logLevel: z._default(z.enum(LOG_LEVELS), 'info'),
  /** Where the collector has moved to; the one that the token named when left out. */
  collectorUrl: z.optional(z.string().check(z.regex(/^https?:\/\/[^\s]+$/))),
  /** How much may wait on disk while the collector cannot be reached, in MiB. */
  spoolMegabytes: z._default(z.int().check(z.minimum(1), z.maximum(10_000)), 64),
  /** How long `sent` remembers what was delivered, in days. */
  ledgerDays: z._default(z.int().check(z.minimum(1), z.maximum(400)), 30),
});

export type AgentConfig = Readonly<z.infer<typeof settingsSchema>> & { readonly dataDir: string };

export interface ConfigFlags {
  readonly dataDir?: string | undefined;
  readonly logLevel?: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const PREFIX = 'FARHAND_AGENT_';
const VARIABLES: Readonly<Record<string, keyof AgentConfig>> = {
  FARHAND_AGENT_DATA_DIR: 'dataDir',
  FARHAND_AGENT_LOG_LEVEL: 'logLevel',
  FARHAND_AGENT_COLLECTOR_URL: 'collectorUrl',
  FARHAND_AGENT_SPOOL_MEGABYTES: 'spoolMegabytes',
  FARHAND_AGENT_LEDGER_DAYS: 'ledgerDays',
};

/** Defaults, then `<dataDir>/agent.json`, then FARHAND_AGENT_* variables, then flags. Throws CONFIG_INVALID. */
export function readConfig(flags: ConfigFlags = {}, env: Env = process.env): AgentConfig {
  const { dataDir: dataDirOfEnv, ...environment } = fromEnvironment(env);
  const dataDir = flags.dataDir ?? (dataDirOfEnv === undefined ? defaultDataDir(env) : String(dataDirOfEnv));
  const file = fromFile(join(dataDir, 'agent.json'));
  const { logLevel } = flags;
  const merged = { ...file, ...environment, ...(logLevel === undefined ? {} : { logLevel }) };
  const result = z.safeParse(settingsSchema, merged);
  if (!result.success) throw new CodedError('CONFIG_INVALID', { reason: problemsOf(result.error) });
  return { ...result.data, dataDir };
}

/** The secret of an enrollment may come this way; it is never kept. */
export function enrollmentTokenOf(env: Env = process.env): string | undefined {
  const { FARHAND_ENROLLMENT_TOKEN: token } = env;
  return token;
}

function fromEnvironment(env: Env): Readonly<Record<string, unknown>> {
  const found = Object.entries(env).filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(
    found.map(([name, value = '']) => {
      const key = VARIABLES[name];
      if (key === undefined) throw unknownName(name, Object.keys(VARIABLES), 'environment');
      return [key, /^\d+$/.test(value) && key !== 'dataDir' ? Number(value) : value];
    }),
  );
}

function fromFile(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {};
  const result = z.safeParse(z.record(z.string(), z.unknown()), json(path));
  if (!result.success) throw new CodedError('CONFIG_INVALID', { path, reason: problemsOf(result.error) });
  const known = Object.keys(settingsSchema.shape);
  for (const name of Object.keys(result.data))
    if (!known.includes(name)) throw unknownName(name, known, path);
  return result.data;
}

function json(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CodedError('CONFIG_INVALID', { path, reason }, { cause });
  }
}

function unknownName(name: string, known: readonly string[], where: string): CodedError {
  return new CodedError('CONFIG_INVALID', { where, unknown: name, nearest: nearest(name, known) });
}

function defaultDataDir({ ProgramData = 'C:\\ProgramData' }: Env): string {
  if (process.platform === 'win32') return join(ProgramData, 'farhand-agent');
  if (process.getuid?.() !== 0) return join(homedir(), '.local', 'state', 'farhand-agent');
  return process.platform === 'darwin'
    ? '/Library/Application Support/farhand-agent'
    : '/var/lib/farhand-agent';
}

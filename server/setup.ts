import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Setup } from '../shared/api/setup.ts';
import { instant } from '../shared/time.ts';
import { VERSION } from '../shared/version.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Intel } from './intel/intel.ts';
import { storeHealth } from './store/health.ts';
import type { Store } from './store/store.ts';
import type { CertificateState } from './tls/served-certificate.ts';

export interface SetupParts {
  readonly config: Config;
  readonly store: Store;
  readonly intel: Intel;
  readonly catalog: string;
  readonly clock: Clock;
  readonly startedAt: string;
  readonly url: () => string;
  readonly certificate: () => CertificateState | undefined;
}

/** What is configured and how the collector stands. Keys, secrets and what the files hold are left out. */
export async function setupOf(parts: SetupParts): Promise<Setup> {
  const { config, store, intel, catalog, clock, startedAt } = parts;
  const { dataDir } = config;
  const disk = await statfs(dataDir);
  return {
    version: VERSION,
    startedAt,
    now: instant(clock()),
    url: parts.url(),
    dataDir,
    dataDirBytes: await bytesBelow(dataDir),
    databaseBytes: await bytesOf(
      ['collector.sqlite', 'collector.sqlite-wal'].map((name) => join(dataDir, name)),
    ),
    freeBytes: disk.bavail * disk.bsize,
    ...(await storeHealth(store.db)),
    tls: config.tls ? 'own' : config.behindProxy ? 'proxy' : 'none',
    trustedProxies: [...config.trustedProxies],
    mirrors: config.mirrors.map(({ url }) => url),
    egressFrom: config.egressFrom,
    retention: { ...config.retention },
    catalog,
    policy: config.policy.version,
    geo: {
      description: intel.description,
      files: intel.files().map(({ purpose, path, name, ageDays, stale, refused }) => ({
        purpose,
        path,
        stale,
        ...(name === undefined ? {} : { name }),
        ...(ageDays === undefined ? {} : { ageDays }),
        ...(refused === undefined ? {} : { refused }),
      })),
    },
    certificate: parts.certificate() ?? null,
    oidc: config.oidc?.label ?? null,
  };
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return bytesOf(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
  );
}

/** A file that went meanwhile has none. */
async function bytesOf(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    paths.map(async (path) => {
      try {
        return (await stat(path)).size;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
        throw error;
      }
    }),
  );
  return sizes.reduce((total, size) => total + size, 0);
}

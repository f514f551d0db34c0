import { arch, release, type, uptime, version } from 'node:os';
import type { Os } from '../../shared/catalog/match.ts';
import { CodedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import type { Host } from './host.ts';

/** What Node itself knows on every operating system. All else says that it is unsupported, so nothing looks clear. */
export function portableHost(os: Os): Host {
  const unsupported = async (): Promise<never> => {
    throw new CodedError('PROBE_UNSUPPORTED', { os });
  };
  const bootedAt = instant(Math.round(Date.now() / 1_000 - uptime()) * 1_000);
  return {
    os,
    now: () => instant(Date.now()),
    mono: () => Number(process.hrtime.bigint() / 1_000n) / 1_000,
    bootId: async () => bootedAt,
    processes: unsupported,
    listeners: unsupported,
    ownersOf: unsupported,
    interfaces: unsupported,
    routes: unsupported,
    neighbors: unsupported,
    nameServers: unsupported,
    logins: unsupported,
    packages: unsupported,
    services: unsupported,
    existing: unsupported,
    clock: async () => ({ timezone: new Intl.DateTimeFormat().resolvedOptions().timeZone }),
    machine: async () => ({
      name: os === 'windows' ? version() : type(),
      version: release(),
      arch: arch(),
      bootedAt,
    }),
  };
}

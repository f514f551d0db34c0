import { access } from 'node:fs/promises';
import { win32 } from 'node:path';
import { CodedError } from '../../../shared/errors.ts';
import type { InstalledPackage, InstalledService, SystemProxy } from '../host.ts';
import type { SlowDocument } from './documents.ts';
import { itemsOf } from './parts.ts';

const MAX_HOMES = 100;

/** Entries of the list of programs, of all accounts that are logged in. */
export function packagesIn({ programs }: SlowDocument): readonly InstalledPackage[] {
  return itemsOf(programs, { source: 'list of installed programs' }).map(({ name, version }) =>
    version ? { name, version } : { name },
  );
}

export function servicesIn({ services }: SlowDocument): readonly InstalledService[] {
  return itemsOf(services, { source: 'Win32_Service' }).map(({ name, start }) => ({
    name,
    enabled: start === 'Auto' || start === 'Boot' || start === 'System',
  }));
}

/** Of people: accounts of this machine or its domain, and of Entra ID. */
export function homesIn({ homes }: SlowDocument): readonly string[] {
  return itemsOf(homes, { source: 'ProfileList' })
    .filter(({ sid, path }) => /^S-1-(?:5-21|12-1)-/.test(sid) && win32.isAbsolute(path))
    .map(({ path }) => path)
    .slice(0, MAX_HOMES);
}

export type IsThere = (path: string) => Promise<boolean>;

/** Which of `paths` exist, those in a home folder in any of them. */
export async function existingAmong(
  paths: readonly string[],
  homes: readonly string[],
  isThere: IsThere,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const places = path.startsWith('~/') ? homes.map((home) => win32.join(home, path.slice(2))) : [path];
    for (const place of places) {
      if (!(await isThere(place))) continue;
      found.push(path);
      break;
    }
  }
  return found;
}

/** True as well for what is there and may not be opened. */
export async function existsAfar(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/** Settings of people who are logged in, or of everybody where a policy makes them: `host:port`, `http=host:port;socks=…`, a script. */
export function proxiesIn({ proxies }: SlowDocument): readonly SystemProxy[] {
  const found = itemsOf(proxies, { source: 'Internet Settings' }).flatMap(({ enabled, servers, script }) => [
    ...(enabled === 1 ? servers.split(';').flatMap(proxyOf) : []),
    ...proxyOf(script ? `pac=${script}` : ''),
  ]);
  return [...new Map(found.map((proxy) => [JSON.stringify(proxy), proxy])).values()];
}

function proxyOf(written: string): readonly SystemProxy[] {
  const [, kind = 'http', rest = ''] = /^(?:(\w+)=)?(.+)$/.exec(written.trim()) ?? [];
  if (!rest) return [];
  const scheme = SCHEMES[kind];
  const url = urlOf(rest.includes('://') ? rest : `http://${rest}`);
  if (!scheme || !url?.hostname) return [];
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : scheme === 'socks' ? 1080 : 80);
  return [{ scheme, host: url.hostname.replace(/^\[|\]$/g, ''), port }];
}

const SCHEMES: Readonly<Record<string, SystemProxy['scheme']>> = {
  http: 'http',
  https: 'https',
  socks: 'socks',
  pac: 'pac',
};

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** Which home folders there are is needed only where a path lies in one. */
export function homesOrNone(document: SlowDocument, paths: readonly string[]): readonly string[] {
  if (!paths.some((path) => path.startsWith('~/'))) return [];
  const homes = homesIn(document);
  if (homes.length > 0) return homes;
  throw new CodedError('PROBE_FAILED', { path: 'ProfileList', reason: 'no home folders' });
}

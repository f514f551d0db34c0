import type { SystemProxy } from '../host.ts';
import { type Files, ifAllowed } from './files.ts';

const ENVIRONMENT_FILES = ['/etc/environment', '/etc/environment.d', '/etc/profile.d'];
const DCONF = '/etc/dconf/db';
const MAX_FILES = 200;
const PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, socks: 1080, pac: 443 };

/**
 * Proxies for everybody: in the environment that logins get, and in the settings of GNOME that an administrator wrote. What a person
 * chose in the own settings lies in a binary file of the own home, which is not read.
 */
export async function readProxies(files: Files): Promise<readonly SystemProxy[]> {
  const found: SystemProxy[] = [];
  for (const path of ENVIRONMENT_FILES)
    for (const text of await textsOf(files, path)) found.push(...inEnvironment(text));
  for (const folder of (await ifAllowed(files.list(DCONF))) ?? [])
    if (folder.endsWith('.d')) found.push(...inKeyfiles(await textsOf(files, `${DCONF}/${folder}`)));
  return found;
}

/** The text of a file, or of the files in a folder in their order. */
async function textsOf(files: Files, path: string): Promise<readonly string[]> {
  const names = await ifAllowed(files.list(path));
  const paths = names
    ? names
        .slice(0, MAX_FILES)
        .sort()
        .map((name) => `${path}/${name}`)
    : [path];
  const texts: string[] = [];
  for (const one of paths) {
    const text = (await files.exists(one)) ? await ifAllowed(files.head(one, 64 * 1024)) : undefined;
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** `http_proxy=http://192.0.2.1:3128/`, with or without `export` and quotes. Names and passwords inside are cut away at once. */
function inEnvironment(text: string): readonly SystemProxy[] {
  const lines = text.matchAll(/^\s*(?:export\s+)?(?:https?|all)_proxy=(["']?)([^"'\s#]+)\1/gim);
  return [...lines].flatMap(([, , value = '']) => proxyIn(value) ?? []);
}

function proxyIn(value: string): SystemProxy | undefined {
  const [, protocol = 'http', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.+)$/i.exec(value) ?? [];
  const scheme = protocol.toLowerCase().startsWith('socks')
    ? 'socks'
    : protocol.toLowerCase() === 'https'
      ? 'https'
      : 'http';
  const [, bracketed, plain, port] =
    /^(?:[^@/]*@)?(?:\[([0-9a-f:.]+)\]|([^:/[\]]+))(?::(\d{1,5}))?(?:\/|$)/i.exec(rest) ?? [];
  const host = bracketed ?? plain;
  if (!host || Number(port ?? 0) > 65_535) return undefined;
  return { scheme, host, port: port ? Number(port) : (PORTS[scheme] ?? 80) };
}

/** `[system/proxy]` with `mode='manual'` or `'auto'`, and beside it `[system/proxy/http]` with `host='…'` and `port=…`. */
function inKeyfiles(texts: readonly string[]): readonly SystemProxy[] {
  const sections = new Map<string, ReadonlyMap<string, string>>();
  for (const [, name = '', body = ''] of texts.join('\n').matchAll(/^\[(system\/proxy[^\]]*)\]([^[]*)/gm)) {
    const pairs = [...body.matchAll(/^\s*([a-z-]+)\s*=\s*'?([^'\n]*?)'?\s*$/gm)];
    sections.set(
      name,
      new Map([
        ...(sections.get(name) ?? []),
        ...pairs.map(([, key = '', value = '']) => [key, value] as const),
      ]),
    );
  }
  const general = sections.get('system/proxy');
  if (general?.get('mode') === 'auto') {
    const pac = proxyIn(general.get('autoconfig-url') ?? '');
    return pac ? [{ ...pac, scheme: 'pac' }] : [];
  }
  if (general?.get('mode') !== 'manual') return [];
  return (['http', 'https', 'socks'] as const).flatMap((scheme) => {
    const section = sections.get(`system/proxy/${scheme}`);
    const [host, port] = [section?.get('host'), Number(section?.get('port'))];
    return host && port > 0 && port <= 65_535 ? [{ scheme, host, port }] : [];
  });
}

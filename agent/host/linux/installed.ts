import type { InstalledPackage, InstalledService } from '../host.ts';
import { type Files, ifAllowed } from './files.ts';

const DPKG_STATUS = '/var/lib/dpkg/status';
const MAX_HOMES = 100;
const UNIT_FOLDERS = [
  '/etc/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
  '/etc/systemd/user',
  '/usr/lib/systemd/user',
];
const WANTING_FOLDERS = ['/etc/systemd/system', '/etc/systemd/user'];

/** Packages of dpkg, pacman, Flatpak and snap. The database of rpm cannot be read without its library: there, units and paths tell. */
export function packageReader(files: Files): () => Promise<readonly InstalledPackage[]> {
  let dpkg: { readonly changedAt: number; readonly packages: readonly InstalledPackage[] } | undefined;
  return async () => {
    const changedAt = await files.changedAt(DPKG_STATUS);
    if (changedAt === undefined) dpkg = undefined;
    else if (dpkg?.changedAt !== changedAt) {
      dpkg = { changedAt, packages: dpkgPackagesIn((await files.text(DPKG_STATUS)) ?? '') };
    }
    return [...(dpkg?.packages ?? []), ...(await foldersAsPackages(files))];
  };
}

/** Paragraphs of `/var/lib/dpkg/status`; a package that was removed but left its settings is not installed. */
function dpkgPackagesIn(status: string): readonly InstalledPackage[] {
  return status.split('\n\n').flatMap((paragraph) => {
    const name = /^Package: (\S+)$/m.exec(paragraph)?.[1];
    if (!name || !/^Status: \S+ \S+ installed$/m.test(paragraph)) return [];
    const version = /^Version: (\S+)$/m.exec(paragraph)?.[1];
    return [version ? { name: copyOf(name), version: copyOf(version) } : { name: copyOf(name) }];
  });
}

/** A part of a text keeps all of it in memory in V8, here a megabyte or two. */
function copyOf(part: string): string {
  return Buffer.from(part).toString();
}

async function foldersAsPackages(files: Files): Promise<readonly InstalledPackage[]> {
  const found: InstalledPackage[] = [];
  for (const name of (await files.list('/var/lib/pacman/local')) ?? []) {
    const [, base, version] = /^(.+)-([^-]+-[^-]+)$/.exec(name) ?? [];
    if (base && version) found.push({ name: base, version });
  }
  for (const name of (await files.list('/var/lib/flatpak/app')) ?? []) found.push({ name });
  const snaps = ((await ifAllowed(files.list('/var/lib/snapd/snaps'))) ?? []).map(
    (name) => /^(.+)_[^_]+\.snap$/.exec(name)?.[1],
  );
  for (const name of new Set(snaps)) if (name) found.push({ name });
  return found;
}

/** Units of systemd by name, and which of them some target wants at start. */
export async function readServices(files: Files): Promise<readonly InstalledService[]> {
  const enabled = new Set<string>();
  for (const folder of WANTING_FOLDERS) {
    for (const wants of ((await files.list(folder)) ?? []).filter((name) => name.endsWith('.wants'))) {
      for (const name of servicesIn(await files.list(`${folder}/${wants}`))) enabled.add(name);
    }
  }
  const installed = new Set<string>(enabled);
  for (const folder of UNIT_FOLDERS) {
    for (const name of servicesIn(await files.list(folder))) {
      if (!folder.startsWith('/etc') || !(await isMasked(files, `${folder}/${name}.service`)))
        installed.add(name);
    }
  }
  return [...installed].map((name) => ({ name, enabled: enabled.has(name) }));
}

function servicesIn(names: readonly string[] | undefined): readonly string[] {
  return (names ?? []).flatMap((name) => /^(.+)\.service$/.exec(name)?.[1] ?? []);
}

async function isMasked(files: Files, path: string): Promise<boolean> {
  return (await files.link(path)) === '/dev/null';
}

export async function existingPaths(
  files: Files,
  paths: readonly string[],
  homesIn = homesOf,
): Promise<readonly string[]> {
  const homes = paths.some(isInHome) ? await homesIn(files) : [];
  const found: string[] = [];
  for (const path of paths) {
    const places = isInHome(path) ? homes.map((home) => home + path.slice(1)) : [path];
    for (const place of places) {
      if (!(await files.existsAfar(place))) continue;
      found.push(path);
      break;
    }
  }
  return found;
}

function isInHome(path: string): boolean {
  return path.startsWith('~/');
}

/** Of accounts that people use, and whatever else lies in `/home`, as directory services put it there. */
export async function homesOf(files: Files): Promise<readonly string[]> {
  const accounts = ((await files.text('/etc/passwd')) ?? '').split('\n').flatMap((line) => {
    const [, , uid, , , home = ''] = line.split(':');
    const isPerson = Number(uid) === 0 || (Number(uid) >= 1_000 && Number(uid) < 65_534);
    return isPerson && home.startsWith('/') && home !== '/' ? [home] : [];
  });
  const others = ((await ifAllowed(files.list('/home'))) ?? []).map((name) => `/home/${name}`);
  return [...new Set([...accounts, ...others])].slice(0, MAX_HOMES);
}

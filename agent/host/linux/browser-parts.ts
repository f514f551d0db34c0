import type { BrowserPart } from '../host.ts';
import type { Files } from './files.ts';

/** Folders below a home in which Chromium and its kin keep their profiles. */
const BROWSERS = [
  '.config/google-chrome',
  '.config/google-chrome-beta',
  '.config/chromium',
  '.config/microsoft-edge',
  '.config/BraveSoftware/Brave-Browser',
  '.config/vivaldi',
  '.config/opera',
  'snap/chromium/common/chromium',
  '.var/app/com.google.Chrome/config/google-chrome',
  '.var/app/org.chromium.Chromium/config/chromium',
];
/** Browsers name their profiles themselves, so no folder has to be listed. Opera has its only one in the folder itself. */
const PROFILES = ['', '/Default', ...Array.from({ length: 9 }, (_, index) => `/Profile ${index + 1}`)];
const HOSTS_OF_HOMES = ['.mozilla/native-messaging-hosts'];
const HOSTS_OF_ALL = [
  '/etc/opt/chrome/native-messaging-hosts',
  '/etc/chromium/native-messaging-hosts',
  '/etc/opt/edge/native-messaging-hosts',
  '/usr/lib/mozilla/native-messaging-hosts',
  '/usr/lib64/mozilla/native-messaging-hosts',
];

export interface BrowserOptions {
  readonly files: Files;
  homes(): Promise<readonly string[]>;
}

/** Asks for each part by its own path, once for every browser that is there. */
export async function installedParts(
  { files, homes }: BrowserOptions,
  questions: readonly BrowserPart[],
): Promise<readonly BrowserPart[]> {
  if (questions.length === 0) return [];
  const browsers: string[] = [];
  const hosts = [...HOSTS_OF_ALL];
  for (const home of await homes()) {
    hosts.push(...HOSTS_OF_HOMES.map((place) => `${home}/${place}`));
    for (const browser of BROWSERS)
      if (await files.existsAfar(`${home}/${browser}`)) browsers.push(`${home}/${browser}`);
  }
  hosts.push(...browsers.map((browser) => `${browser}/NativeMessagingHosts`));
  const profiles: string[] = [];
  for (const path of browsers.flatMap((browser) =>
    PROFILES.map((profile) => `${browser}${profile}/Extensions`),
  ))
    if (await files.existsAfar(path)) profiles.push(path);
  const found: BrowserPart[] = [];
  for (const part of questions) {
    const places =
      part.by === 'extension'
        ? profiles.map((path) => `${path}/${part.id}`)
        : hosts.map((path) => `${path}/${part.id}.json`);
    if (await anyOf(files, places)) found.push(part);
  }
  return found;
}

async function anyOf(files: Files, places: readonly string[]): Promise<boolean> {
  for (const place of places) if (await files.existsAfar(place)) return true;
  return false;
}

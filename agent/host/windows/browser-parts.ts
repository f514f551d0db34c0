import { win32 } from 'node:path';
import type { BrowserPart } from '../host.ts';
import type { SlowDocument } from './documents.ts';
import { homesIn, type IsThere } from './installed.ts';
import { itemsOf } from './parts.ts';

/** Folders below a home in which Chromium and its kin keep their profiles. */
const BROWSERS = [
  'AppData\\Local\\Google\\Chrome\\User Data',
  'AppData\\Local\\Google\\Chrome Beta\\User Data',
  'AppData\\Local\\Chromium\\User Data',
  'AppData\\Local\\Microsoft\\Edge\\User Data',
  'AppData\\Local\\BraveSoftware\\Brave-Browser\\User Data',
  'AppData\\Local\\Vivaldi\\User Data',
  'AppData\\Roaming\\Opera Software\\Opera Stable',
];
/** Browsers name their profiles themselves, so no folder has to be listed. */
const PROFILES = ['', 'Default', ...Array.from({ length: 9 }, (_, index) => `Profile ${index + 1}`)];

/** Native messaging hosts are registered by name; each extension is asked for by its own path in every profile that is there. */
export async function installedParts(
  document: SlowDocument,
  questions: readonly BrowserPart[],
  isThere: IsThere,
): Promise<readonly BrowserPart[]> {
  const hosts = new Set(itemsOf(document.hosts, { source: 'NativeMessagingHosts' }));
  const profiles: string[] = [];
  for (const home of homesIn(document))
    for (const browser of BROWSERS)
      if (await isThere(win32.join(home, browser)))
        for (const profile of PROFILES) {
          const extensions = win32.join(home, browser, profile, 'Extensions');
          if (await isThere(extensions)) profiles.push(extensions);
        }
  const found: BrowserPart[] = [];
  for (const part of questions) {
    const isInstalled =
      part.by === 'native-host'
        ? hosts.has(part.id)
        : (await Promise.all(profiles.map((path) => isThere(win32.join(path, part.id))))).includes(true);
    if (isInstalled) found.push(part);
  }
  return found;
}

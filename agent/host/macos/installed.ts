import type { InstalledPackage, InstalledService } from '../host.ts';
import type { BrowserPlaces } from '../linux/browser-parts.ts';
import { type Files, ifAllowed } from '../linux/files.ts';
import { MAC_COMMANDS } from './commands.ts';
import { knownLines, linesOf, type Output, unreadable } from './reading.ts';

const MAX_HOMES = 100;

/** Receipts of installer packages, an id on each line. One stays when its program is put into the trash. */
export function receiptsIn(text: string): readonly InstalledPackage[] {
  const ids = knownLines(linesOf(text), (line) => /^\s*(\S+\.\S+)\s*$/.exec(line)?.[1]);
  return ids.map((name) => ({ name }));
}

/** Jobs that launchd has loaded: those of the system, and for an ordinary account its own. A file in a folder alone is none. */
export async function readServices(output: Output, isRoot: boolean): Promise<readonly InstalledService[]> {
  const own = jobsIn(await output(MAC_COMMANDS.ownJobs));
  if (isRoot) return own.map((name) => ({ name, enabled: true }));
  const system = systemJobsIn(await output(MAC_COMMANDS.systemJobs));
  const all = new Map([
    ...own.map((name) => [name, false] as const),
    ...system.map((name) => [name, true] as const),
  ]);
  return [...all].map(([name, enabled]) => ({ name, enabled }));
}

/** `launchctl list`: process id or `-`, last exit, label. Programs that a person opened are no services. */
function jobsIn(text: string): readonly string[] {
  return knownLines(linesOf(text), (line) => /^(?:PID|\d+|-)\t\S+\t(\S+)$/.exec(line)?.[1]).filter(
    (label) => label !== 'Label' && !label.startsWith('application.'),
  );
}

/** The part `services = {` of `launchctl print system`, whose form Apple does not promise. */
function systemJobsIn(text: string): readonly string[] {
  const lines = linesOf(text);
  const start = lines.findIndex((line) => line.trim() === 'services = {');
  const end = lines.findIndex((line, at) => at > start && line.trim() === '}');
  if (start === -1 || end === -1) throw unreadable('no services');
  return knownLines(lines.slice(start + 1, end), (line) => /^\s+(?:\d+|-)\s+\S+\s+(\S+)$/.exec(line)?.[1]);
}

/** Where browsers keep what is added to them, by the documentation of their makers. */
export const MAC_BROWSERS: BrowserPlaces = {
  browsers: [
    'Google/Chrome',
    'Google/Chrome Beta',
    'Chromium',
    'Microsoft Edge',
    'BraveSoftware/Brave-Browser',
    'Vivaldi',
    'com.operasoftware.Opera',
    'Arc/User Data',
  ].map((name) => `Library/Application Support/${name}`),
  hostsOfHomes: ['Library/Application Support/Mozilla/NativeMessagingHosts'],
  hostsOfAll: [
    '/Library/Google/Chrome/NativeMessagingHosts',
    '/Library/Application Support/Chromium/NativeMessagingHosts',
    '/Library/Microsoft/Edge/NativeMessagingHosts',
    '/Library/Application Support/Mozilla/NativeMessagingHosts',
  ],
};

export async function homesOf(files: Files): Promise<readonly string[]> {
  const names = ((await ifAllowed(files.list('/Users'))) ?? []).filter(
    (name) => !/^(?:\..*|Shared|Guest)$/.test(name),
  );
  return ['/var/root', ...names.map((name) => `/Users/${name}`)].slice(0, MAX_HOMES);
}

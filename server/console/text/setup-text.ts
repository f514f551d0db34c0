import type { Setup } from '../../../shared/api/setup.ts';
import { DAY, MINUTE, millis } from '../../../shared/time.ts';
import { plural } from './labels.ts';

/** Below this the database may not get through a busy day. */
const LITTLE_BYTES = 2 * 1024 ** 3;
/** Judging keeps up within seconds; longer means that it does not. */
const LATE_MS = 5 * MINUTE;

/** What somebody should look after, in words. */
export function warningsOf(setup: Setup): readonly string[] {
  const { certificate, freeBytes, backlog, geo, now } = setup;
  const late = backlog.since === null ? 0 : millis(now) - millis(backlog.since);
  return [
    certificate?.expiring && `The certificate ${endText(certificate.expiresAt, now)}. Renew it in time.`,
    freeBytes < LITTLE_BYTES &&
      `Only ${bytesText(freeBytes)} are free on the disk. When it is full, agents keep what they see, and nothing new is judged.`,
    late > LATE_MS &&
      `Judging is behind: ${plural(backlog.subjects, 'subject waits', 'subjects wait')}, the first for ${Math.round(late / MINUTE)} minutes.`,
    ...geo.files.map(
      ({ purpose, path, stale, refused, ageDays = 0 }) =>
        (refused !== undefined && `${purpose}: ${path} is not used. ${refused}`) ||
        (stale && `${purpose}: ${path} is ${plural(ageDays, 'day')} old. Put a fresh one in its place.`),
    ),
  ].filter((warning) => typeof warning === 'string');
}

function endText(at: string, now: string): string {
  const days = Math.floor((millis(at) - millis(now)) / DAY);
  if (days < 0) return 'has ended: agents cannot connect';
  return days === 0 ? 'ends today' : `ends in ${plural(days, 'day')}`;
}

/** `2.1 GB`, in powers of 1,000 as disks are sold. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const size = bytes / 1_000 ** power;
  return `${size.toFixed(size < 10 && power > 0 ? 1 : 0)} ${units[power]}`;
}

import { existsSync } from 'node:fs';
import { isTimezone } from '../../../shared/time.ts';

type Env = Readonly<Record<string, string | undefined>>;

const USUAL_ROOT = 'C:\\Windows';

/** Where Windows is installed: where it nearly always is; only where it is not there, what the environment says. */
export function systemRoot(env: Env = process.env, isThere: (path: string) => boolean = existsSync): string {
  if (isThere(`${USUAL_ROOT}\\System32`)) return USUAL_ROOT;
  const told = env['SystemRoot'] ?? '';
  return /^[A-Za-z]:\\[\w .-]{1,60}$/.test(told) ? told : USUAL_ROOT;
}

/**
 * The time zone of the system by its IANA name, read anew: Node keeps the zone it started in until TZ changes or goes, and a TZ that
 * somebody set would stand before what the system says.
 */
export function systemTimezone(env: Record<string, string | undefined> = process.env): string | undefined {
  delete env['TZ'];
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return isTimezone(timeZone) ? timeZone : undefined;
}

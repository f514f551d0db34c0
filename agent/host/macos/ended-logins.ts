import { DAY, type Instant, instant, MINUTE, millis } from '../../../shared/time.ts';
import type { EndedLogins, LogPosition } from '../host.ts';
import { MONTHS, personFrom } from './logins.ts';
import { knownLines, linesOf } from './reading.ts';

type Ended = EndedLogins['logins'][number];

/** Older versions of last cut names off at this length; newer ones do not. */
const CUT_NAME = 9;
/** Both cut off the host, and a part of an address is another address. */
const CUT_HOSTS = [16, 22];
const DAYS = 'Sun Mon Tue Wed Thu Fri Sat'.split(' ');
/** A date falls on the same day of the week again after five years at the earliest. */
const MAX_YEARS = 5;

interface Options {
  readonly after: LogPosition;
  readonly now: Instant;
  /** Names of the accounts that have a home folder. */
  readonly accounts: readonly string[];
}

/**
 * Logins that last tells to have ended, in UTC. It tells minutes and says nothing of where it stands, so a position is the minute
 * of the newest end and what of that minute was told. What began in the minute of the last look may be new, hence `lookedAt`.
 */
export function endedLoginsIn(text: string, { after, now, accounts }: Options): EndedLogins {
  const [minute = '', ...told] = after.split('\n');
  const since = minuteOf(minute);
  const found = loginsIn(text, now)
    .map((login) => ({ ...login, user: wholeName(login.user, accounts) }))
    .filter(({ endedAt }) => endedAt >= since)
    .sort((a, b) => (a.endedAt < b.endedAt ? -1 : 1));
  const newest = found.at(-1)?.endedAt ?? since;
  const rest = [...told];
  const fresh = found.filter((login) => {
    const index = login.endedAt === since ? rest.indexOf(textOf(login)) : -1;
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
  const ofNewest = found.filter(({ endedAt }) => endedAt === newest).map(textOf);
  return { logins: fresh, next: [newest, ...ofNewest].join('\n'), lookedAt: minuteOf(now) };
}

function textOf({ user, method, from, startedAt }: Ended): string {
  return [user, method, from, startedAt].join(' ');
}

/**
 * Name, terminal, host, `Fri Feb  7 07:51`, and `- 23:25  (15:34)` or `(2+11:31)`, `- shutdown`, `- crash`, or nothing while it lasts.
 * After a crash nothing tells when. Lines of the machine itself have no end either; those of another form are passed over.
 */
function loginsIn(text: string, now: Instant): readonly Ended[] {
  return knownLines(linesOf(text), (line) => {
    const [, user = '', terminal = '', host = '', day = '', month = '', date, hour, minute, rest = ''] =
      /^(\S+) +(\S+) +(?:(\S+) +)?([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d) (.*)$/.exec(line) ??
      [];
    if (!DAYS.includes(day) || !MONTHS.includes(month)) return undefined;
    const at = [MONTHS.indexOf(month), Number(date), Number(hour), Number(minute)] as const;
    return { user, terminal, host, startedAt: latestOn(DAYS.indexOf(day), at, now), rest };
  }).flatMap(({ user, terminal, host, startedAt, rest }): Ended[] => {
    const endedAt = endOf(rest, startedAt);
    const place = personFrom(terminal, CUT_HOSTS.includes(host.length) ? `${host}…` : host);
    return startedAt && endedAt && place ? [{ user, ...place, startedAt, endedAt }] : [];
  });
}

/** The year is not told, but the day of the week fits one year of the last five only. */
function latestOn(
  weekday: number,
  [month, date, hour, minute]: readonly [number, number, number, number],
  now: Instant,
): Instant | undefined {
  const thisYear = new Date(now).getUTCFullYear();
  for (let year = thisYear; year > thisYear - MAX_YEARS; year -= 1) {
    const at = Date.UTC(year, month, date, hour, minute);
    const isReal = new Date(at).getUTCDate() === date && hour < 24 && minute < 60;
    // A clock may have been set back a little since.
    if (isReal && at <= millis(now) + DAY && new Date(at).getUTCDay() === weekday) return instant(at);
  }
  return undefined;
}

function endOf(rest: string, startedAt: Instant | undefined): Instant | undefined {
  const [, clock = '', days = '0', hours, minutes] =
    /^- (\d\d:\d\d|shutdown) +\((?:(\d+)\+)?(\d\d):(\d\d)\)$/.exec(rest) ?? [];
  if (!startedAt || clock === '') return undefined;
  const lasted = Number(days) * DAY + (Number(hours) * 60 + Number(minutes)) * MINUTE;
  const end = instant(millis(startedAt) + lasted);
  // The seconds that are not shown may make it a minute more.
  return [end, instant(millis(end) + MINUTE)].find(
    (at) => clock === 'shutdown' || at.slice(11, 16) === clock,
  );
}

function minuteOf(at: Instant): Instant {
  return instant(Math.floor(millis(at) / MINUTE) * MINUTE);
}

/** The account that a name may be the beginning of, where there is one only. */
function wholeName(user: string, accounts: readonly string[]): string {
  if (user.length !== CUT_NAME || accounts.includes(user)) return user;
  const [one, other] = accounts.filter((name) => name.startsWith(user));
  return one !== undefined && other === undefined ? one : user;
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAY_NAMES = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTH_NAMES = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');

const NICKNAMES: Readonly<Record<string, string>> = {
  '@hourly': '0 * * * *',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@weekly': '0 0 * * 0',
  '@monthly': '0 0 1 * *',
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
};

/** A cron expression of five fields in words: `At 06:00 on day 1 of the month`. It says nothing about whether the expression is good. */
export function cronWords(cron: string): string {
  const fields = (NICKNAMES[cron.trim().toLowerCase()] ?? cron.trim()).toUpperCase().split(/\s+/);
  const [minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] = fields;
  return [timeWords(minute, hour), dayWords(day, weekday), monthWords(month)]
    .filter((part) => part !== '')
    .join(' ');
}

function timeWords(minute: string, hour: string): string {
  if (isNumber(minute) && /^\d+(,\d+)*$/.test(hour))
    return `At ${listed(hour.split(',').map((each) => `${two(each)}:${two(minute)}`))}`;
  if (hour === '*') return everyHour(minute);
  const step = stepOf(hour);
  const hours =
    step === undefined ? `during hour ${valueWords(hour, two)}` : `of every ${ordinal(step)} hour`;
  return `${minuteWords(minute)} ${hours}`;
}

function everyHour(minute: string): string {
  if (minute === '0') return 'Every hour';
  const words = minuteWords(minute);
  return words.startsWith('Every') ? words : `${words} of every hour`;
}

function minuteWords(minute: string): string {
  if (minute === '*') return 'Every minute';
  const step = stepOf(minute);
  return step === undefined ? `At minute ${valueWords(minute, String)}` : `Every ${step} minutes`;
}

function dayWords(day: string, weekday: string): string {
  const days = day === '*' ? '' : `on ${monthDayWords(day)}`;
  const weekdays = weekday === '*' ? '' : `on ${weekdayWords(weekday)}`;
  if (days === '' && weekdays === '') return '';
  // Cron's own rule: where both are given, either is enough.
  return [days, weekdays].filter((part) => part !== '').join(' and ');
}

function monthDayWords(day: string): string {
  if (day === 'L') return 'the last day of the month';
  const step = stepOf(day);
  return step === undefined
    ? `day ${valueWords(day, String)} of the month`
    : `every ${ordinal(step)} day of the month`;
}

function weekdayWords(weekday: string): string {
  const [name = '', nth] = weekday.split('#');
  if (nth !== undefined)
    return `${nth === 'L' ? 'the last' : `the ${ordinal(Number(nth))}`} ${dayName(name)} of the month`;
  return valueWords(weekday, dayName);
}

function monthWords(month: string): string {
  if (month === '*') return '';
  const step = stepOf(month);
  return step === undefined ? `in ${valueWords(month, monthName)}` : `in every ${ordinal(step)} month`;
}

/** Lists and ranges; whatever else there is stays as it was written. */
function valueWords(field: string, word: (value: string) => string): string {
  return listed(
    field.split(',').map((part) => {
      const [from = '', to, ...rest] = part.split('-');
      if (rest.length > 0 || part.includes('/')) return part;
      return to === undefined ? word(from) : `${word(from)} to ${word(to)}`;
    }),
  );
}

function dayName(text: string): string {
  return DAYS[isNumber(text) ? Number(text) : DAY_NAMES.indexOf(text)] ?? text;
}

function monthName(text: string): string {
  return MONTHS[isNumber(text) ? Number(text) - 1 : MONTH_NAMES.indexOf(text)] ?? text;
}

function stepOf(field: string): number | undefined {
  const [, step] = /^\*\/(\d+)$/.exec(field) ?? [];
  return step === undefined ? undefined : Number(step);
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

function two(text: string): string {
  return text.padStart(2, '0');
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function ordinal(value: number): string {
  const ending = value % 100 > 10 && value % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}

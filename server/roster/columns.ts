import { WEEKDAYS } from '../../shared/declaration.ts';

/** The columns of a CSV roster, and where in an entry each belongs. */
export const COLUMNS = {
  contractor: 'id',
  label: 'label',
  countries: 'countries',
  home_lat: 'home.lat',
  home_lon: 'home.lon',
  ship_lat: 'shipTo.lat',
  ship_lon: 'shipTo.lon',
  timezone: 'timezone',
  work_days: 'workHours.days',
  work_from: 'workHours.from',
  work_to: 'workHours.to',
  flexible_hours: 'flexibleHours',
  mobile_worker: 'mobileWorker',
  approved_tools: 'approvedTools',
  approved_vpns: 'approvedVpns',
  shared_site: 'sharedSite',
  issued_serials: 'issuedSerials',
  virtual_machine: 'virtualMachine',
  endpoints: 'endpoints',
} as const;

export type Column = keyof typeof COLUMNS;

export function isColumn(name: string): name is Column {
  return Object.hasOwn(COLUMNS, name);
}

export type Cells = Readonly<Partial<Record<Column, string>>>;

/** The entry that the cells of a row describe, in the shape of a JSON roster; still to be validated. Empty cells are absent. */
export function entryOf(cells: Cells): object {
  const text = (column: Column): string | undefined => plain(cells[column]?.trim()) || undefined;
  const list = (column: Column) => listOf(text(column));
  const days = text('work_days');
  return present({
    id: text('contractor'),
    label: text('label'),
    countries: list('countries'),
    home: group({ lat: degrees(text('home_lat')), lon: degrees(text('home_lon')) }),
    shipTo: group({ lat: degrees(text('ship_lat')), lon: degrees(text('ship_lon')) }),
    timezone: text('timezone'),
    workHours: group({ days: days && daysOf(days), from: text('work_from'), to: text('work_to') }),
    flexibleHours: answer(text('flexible_hours')),
    mobileWorker: answer(text('mobile_worker')),
    approvedTools: list('approved_tools'),
    approvedVpns: list('approved_vpns'),
    sharedSite: text('shared_site'),
    issuedSerials: list('issued_serials'),
    virtualMachine: answer(text('virtual_machine')),
    endpoints: list('endpoints'),
  });
}

/** Exports and spreadsheets put an apostrophe before what could be taken for a formula. */
function plain(text: string | undefined): string | undefined {
  return text?.replace(/^'(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/, '');
}

/** Its parts that are there, or undefined when none is. */
function group(parts: object): object | undefined {
  const found = present(parts);
  return Object.keys(found).length === 0 ? undefined : found;
}

function present(parts: object): object {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function listOf(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const items = text
    .split(';')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return [...new Set(items)];
}

/** A number where the text is a decimal one; the text itself otherwise, for the validation to refuse. */
function degrees(text: string | undefined): number | string | undefined {
  return text !== undefined && /^[+-]?\d{1,3}(\.\d+)?$/.test(text) ? Number(text) : text;
}

const ANSWERS = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
]);

/** Yes or no; the text itself where it is neither, for the validation to refuse. */
function answer(text: string | undefined): boolean | string | undefined {
  return text === undefined ? undefined : (ANSWERS.get(text.toLowerCase()) ?? text);
}

/** `mon-fri;sun` as days in the order of the week; what is no day stays, for the validation to refuse. */
function daysOf(text: string): readonly string[] {
  const days = new Set((listOf(text.toLowerCase()) ?? []).flatMap(rangeOfDays));
  const known = WEEKDAYS.filter((day) => days.has(day));
  return [...known, ...[...days].filter((day) => !known.some((weekday) => weekday === day))];
}

const WEEK: readonly string[] = WEEKDAYS;

function rangeOfDays(item: string): readonly string[] {
  const [from, to] = item.split('-').map((part) => WEEK.indexOf(part.trim()));
  if (from === undefined || to === undefined || from < 0 || to < 0 || item.split('-').length > 2)
    return [item];
  const length = ((to - from + 7) % 7) + 1;
  return Array.from({ length }, (_, index) => WEEK[(from + index) % 7] ?? item);
}

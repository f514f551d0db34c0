import { expect, test } from 'vitest';
import { parseRoster, type RosterFormat } from '../../../server/roster/parse-roster.ts';
import { listed } from '../../../server/roster/problem.ts';
import type { Catalog } from '../../../shared/catalog/schema.ts';

const tool = { vendor: 'Example', direction: 'both', confidence: 'listed', sources: ['a test'] } as const;
const catalog: Catalog = {
  version: 'test',
  ports: [],
  tools: [
    { ...tool, id: 'anydesk', name: 'AnyDesk', category: 'remote-access' },
    { ...tool, id: 'nordvpn', name: 'NordVPN', category: 'vpn' },
  ],
};
const known = { catalog, endpoints: new Set(['laptop-1', 'laptop-2']) };

function entriesOf(text: string, format: RosterFormat = 'csv') {
  const parsed = parseRoster(text, format, known);
  if ('problems' in parsed) throw new Error(listed(parsed.problems));
  return parsed.entries;
}

function problemsOf(text: string, format: RosterFormat = 'csv'): string {
  const parsed = parseRoster(text, format, known);
  return 'problems' in parsed ? listed(parsed.problems) : '';
}

const HEADER =
  'contractor,label,countries,home_lat,home_lon,ship_lat,ship_lon,timezone,work_days,work_from,work_to,flexible_hours,mobile_worker,approved_tools,approved_vpns,shared_site,issued_serials,virtual_machine,endpoints';
const FULL = {
  id: 'c-1',
  label: 'Ada Example',
  countries: ['US', 'CA'],
  home: { lat: 41.88, lon: -87.63 },
  shipTo: { lat: 42.36, lon: -71.06 },
  timezone: 'America/Chicago',
  workHours: { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:30' },
  flexibleHours: false,
  mobileWorker: true,
  approvedTools: ['anydesk'],
  approvedVpns: ['nordvpn'],
  sharedSite: 'office-1',
  issuedSerials: ['EX-0042', 'EX-0043'],
  virtualMachine: false,
  endpoints: ['laptop-1', 'laptop-2'],
};
const ROW =
  'c-1,Ada Example,US;CA,41.88,-87.63,42.36,-71.06,America/Chicago,mon-fri,09:00,17:30,no,YES,anydesk,nordvpn,office-1,EX-0042;EX-0043,false,laptop-1;laptop-2';

test('a full row gives a full entry, in CSV and in JSON', () => {
  expect(entriesOf(`${HEADER}\n${ROW}\n`)).toEqual([FULL]);
  expect(entriesOf(JSON.stringify([FULL]), 'json')).toEqual([FULL]);
});

test('byte order mark, CRLF, quotes, blank lines, spaces and another order of columns change nothing', () => {
  const text =
    '\uFEFFLabel , timezone,contractor\r\n"Ada ""the"" Example, Jr.", America/Chicago ,c-1\r\n\r\n,,\r\n"",,"c-2"\r\n';
  expect(entriesOf(text)).toEqual([
    { id: 'c-1', label: 'Ada "the" Example, Jr.', timezone: 'America/Chicago' },
    { id: 'c-2' },
  ]);
  expect(entriesOf(`\uFEFF${JSON.stringify([{ id: 'c-1' }])}`, 'json')).toEqual([{ id: 'c-1' }]);
});

test('a label that looks like a formula is text', () => {
  expect(entriesOf('contractor,label\nc-1,"=HYPERLINK(""https://example.com"")"')[0]?.label).toBe(
    '=HYPERLINK("https://example.com")',
  );
});

test.each([
  ['mon-fri', ['mon', 'tue', 'wed', 'thu', 'fri']],
  ['wed; Mon;mon', ['mon', 'wed']],
  ['sat-mon', ['mon', 'sat', 'sun']],
  ['mon-tue;sun', ['mon', 'tue', 'sun']],
  ['fri', ['fri']],
])('the work days %s are %j', (days, expected) => {
  expect(
    entriesOf(`contractor,work_days,work_from,work_to\nc-1,${days},22:00,06:00`)[0]?.workHours?.days,
  ).toEqual(expected);
});

test.each([
  ['contractor,countrys\nc-1,US', 'row 1, countrys: unknown column; did you mean countries?'],
  ['contractor,flexible_hours\nc-1,maybe', 'row 2, flexible_hours: expected yes or no'],
  ['contractor,ship_lat,ship_lon\nc-1,north,3', 'row 2, ship_lat: expected degrees such as 41.88'],
  [
    'contractor,issued_serials\nc-1,To Be Filled By O.E.M.',
    'row 2, issued_serials: To Be Filled By O.E.M. is no serial number',
  ],
  ['contractor,shoe size\nc-1,7', 'row 1, shoe size: unknown column; known are contractor, label'],
  ['contractor,label,label\nc-1,a,b', 'row 1, label: the column is there twice'],
  ['contractor,\nc-1,', 'row 1: column 2 has no name'],
  ['label\nAda', 'row 1, contractor: the column is missing'],
  ['contractor;label\nc-1;Ada', 'row 1: columns are separated by commas'],
  ['contractor,label\nc-1,Ada,extra', 'row 2: has 3 cells, the header has 2'],
  ['contractor,label\nc-1', 'row 2: has 1 cells, the header has 2'],
  ['contractor,label\nc-1,"Ada', 'not CSV near line 2 (CSV_QUOTE_NOT_CLOSED)'],
  ['contractor,label\n,Ada', 'row 2, contractor: is missing'],
  ['contractor\n../etc', 'row 2, contractor: expected 1 to 64 letters'],
  [`contractor\n${'c'.repeat(65)}`, 'row 2, contractor: expected 1 to 64 letters'],
  [
    `contractor,label\nc-1,${'x'.repeat(201)}`,
    'row 2, label: Too big: expected string to have <=200 characters',
  ],
  ['contractor,label\nc-1,"two\nlines"', 'row 2, label: expected one line of printable text'],
  ['contractor,label\nc-1,a\u202eb', 'row 2, label: expected one line of printable text'],
  ['contractor,countries\nc-1,us', 'row 2, countries: expected an ISO 3166-1 alpha-2 code such as US'],
  ['contractor,countries\nc-1,US;UK', 'row 2, countries: UK is no country code; Great Britain is GB'],
  ['contractor,countries\nc-1,QQ', 'row 2, countries: QQ is no country code'],
  ['contractor,home_lat,home_lon\nc-1,41.8,', 'row 2, home_lon: is missing'],
  ['contractor,home_lat,home_lon\nc-1,"41,8",1', 'row 2, home_lat: expected degrees such as 41.88'],
  ['contractor,home_lat,home_lon\nc-1,91,1', 'row 2, home_lat: Too big: expected number to be <=90'],
  ['contractor,timezone\nc-1,Chicago', 'row 2, timezone: not an IANA time zone such as America/Chicago'],
  ['contractor,work_days,work_from,work_to\nc-1,monday,09:00,17:00', 'row 2, work_days: Invalid option'],
  [
    'contractor,work_days,work_from,work_to\nc-1,mon,9:00,17:00',
    'row 2, work_from: expected a time such as 09:00',
  ],
  [
    'contractor,work_days,work_from,work_to\nc-1,mon,09:00,09:00',
    'row 2, work_to: the shift ends when it starts',
  ],
  ['contractor,work_days\nc-1,mon', 'row 2, work_from: is missing'],
  [
    'contractor,approved_tools\nc-1,anydesc',
    'row 2, approved_tools: anydesc is not in the catalog; did you mean anydesk?',
  ],
  ['contractor,approved_vpns\nc-1,AnyDesk!', 'row 2, approved_vpns: expected a catalog id such as anydesk'],
  ['contractor,shared_site\nc-1,the office', 'row 2, shared_site: expected 1 to 64 letters'],
  ['contractor,endpoints\nc-1,laptop-9', 'row 2, endpoints: laptop-9 is not enrolled'],
  ['contractor\nc-1\nc-2\nc-1', 'row 4, contractor: c-1 is already in row 2'],
  [
    'contractor,endpoints\nc-1,laptop-1\nc-2,laptop-1',
    'row 3, endpoints: laptop-1 already belongs to c-1 in row 2',
  ],
  ['', 'row 1, contractor: the column is missing'],
  ['contractor\n', 'no contractors in it'],
])('%j is refused', (text, problem) => {
  expect(problemsOf(text)).toContain(problem);
});

test.each([
  ['{', 'not JSON'],
  ['{"id":"c-1"}', 'expected an array of contractors'],
  ['[]', 'no contractors in it'],
  ['[7]', 'row 1: Invalid input: expected object'],
  ['[{"id":"c-1"},{"id":"c-2","countrys":["US"]}]', 'row 2, countrys: unknown key; did you mean countries?'],
  ['[{"id":"c-1","home":{"lat":1}}]', 'row 1, home.lon: is missing'],
  ['[{"id":"c-1","countries":["US","UK"]}]', 'row 1, countries.1: UK is no country code'],
  ['[{"id":"c-1","approvedTools":["x"]}]', 'row 1, approvedTools: x is not in the catalog'],
  ['[{"id":"c-1","__proto__":{"label":"x"}}]', 'row 1, __proto__: unknown key'],
])('the JSON %s is refused', (text, problem) => {
  expect(problemsOf(text, 'json')).toContain(problem);
});

test('every problem of every row is told, in order, and the twenty-first is counted', () => {
  const problems = problemsOf('contractor,countries,timezone\n,us,x\nc-2,US,\nc-3,DE,Mars');
  expect(problems.split('\n')).toEqual([
    expect.stringMatching(/^row 2, contractor/),
    expect.stringMatching(/^row 2, countries/),
    expect.stringMatching(/^row 2, timezone/),
    expect.stringMatching(/^row 4, timezone/),
  ]);
  const many = problemsOf(`contractor\n${'-\n'.repeat(30)}`).split('\n');
  expect(many).toHaveLength(21);
  expect(many.at(-1)).toBe('and 10 more');
});

test('more than 50,000 rows are refused', () => {
  const rows = Array.from({ length: 50_001 }, (_, index) => `c-${index}`);
  expect(problemsOf(`contractor\n${rows.join('\n')}`)).toBe('50001 rows; at most 50000 in one file');
});

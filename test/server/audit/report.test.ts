import { generateKeyPairSync } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newCsv } from '../../../server/audit/csv.ts';
import { htmlOf } from '../../../server/audit/document/html.ts';
import { pdfOf } from '../../../server/audit/document/pdf.ts';
import { readDocument } from '../../../server/audit/read-document.ts';
import { columns } from '../../../server/audit/table.ts';
import { newFindings, nothingChecked } from '../../../server/audit/verdict.ts';
import { nothingKnown, TABLE_CHECKS } from '../../../server/audit/verify-tables.ts';
import { advisoryCoverage } from '../../../server/detect/advisory-coverage.ts';
import { type AuditWorld, auditWorld, EVERYTHING, entriesIn, LOGIN } from './world.ts';

let world: AuditWorld;
beforeAll(async () => {
  world = await auditWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test('every table is there as JSON Lines and as CSV with the same rows, and described column by column', async () => {
  const files = await entriesIn(await world.pack());
  const { tables } = world.written.at(-1) ?? { tables: [] };
  const dictionary = JSON.parse(files.get('dictionary.json') ?? '');
  const page = files.get('dictionary.html') ?? '';
  expect(dictionary.tables.map(({ name }: { name: string }) => name)).toEqual(tables.map(({ name }) => name));
  for (const { name, columns: known } of tables) {
    const lines = (files.get(`tables/${name}.jsonl`) ?? '').split('\n').filter((line) => line !== '');
    const [head = [], ...rows] = cellsIn(files.get(`tables/${name}.csv`) ?? '');
    expect([name, rows.length, head]).toEqual([name, lines.length, known.map((column) => column.name)]);
    for (const column of known) {
      expect([name, column.name, column.describes]).not.toContain('');
      expect(page).toContain(`<td>${column.name}</td>`);
    }
  }
});

test('a cell that begins as a formula is text to a spreadsheet, and numbers stay numbers', () => {
  const csv = newCsv(columns('what', 'count:integer'));
  for (const what of ['=HYPERLINK("http://example.com")', '+1', '-1', '@SUM(A1)', '\t=1', 'plain, "quoted"'])
    csv.add(
      new Map<string, unknown>([
        ['what', what],
        ['count', -1],
      ]),
    );
  const rows = cellsIn(`${csv.head}${csv.rest().text}`);
  for (const [cell = ''] of rows.slice(1, 6)) expect(cell.startsWith("'")).toBe(true);
  expect(rows.at(-1)).toEqual(['plain, "quoted"', '-1']);
});

test('coverage tells of each day of the range and endpoint, its parts add up, and what follows the range does not count', async () => {
  const rowsOf = async (to: string) => {
    const files = await entriesIn(await world.pack({ scope: { ...EVERYTHING, to } }));
    return (files.get('tables/coverage.jsonl') ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  };
  const rows = await rowsOf(EVERYTHING.to);
  expect(rows).toHaveLength(6);
  for (const { due, observed, resting, unobserved, basis } of rows)
    expect([basis, observed + resting + unobserved]).toEqual(['whole day', due]);
  const [machine] = world.machines;
  const first = rows.find(({ endpoint, day }) => endpoint === machine?.endpoint && day === '2026-03-02');
  const early = (await rowsOf('2026-03-02T12:00:00.000Z')).find(
    ({ endpoint }) => endpoint === machine?.endpoint,
  );
  expect(first.due).toBe(14 * 3_600_000);
  expect(early.due).toBe(2 * 3_600_000);
});

test('the verifier checks the arithmetic of coverage', () => {
  const known = nothingKnown(EVERYTHING);
  const { publicKey: key } = generateKeyPairSync('ed25519');
  known.endpoints.set('laptop-1', key);
  const checked = nothingChecked();
  const right = {
    ...{ endpoint: 'laptop-1', contractor: 'ada', day: '2026-03-03', basis: 'whole day', declaration: null },
    ...{ due: 100, observed: 60, resting: 30, unobserved: 10, probes: { tool: 60 } },
  };
  const told = (change: object) => {
    const check = TABLE_CHECKS['coverage']?.({ known, checked, found: newFindings() });
    return check?.row({ ...right, ...change });
  };
  expect(told({})).toBeUndefined();
  expect(told({ observed: 61 })).toContain('do not add up');
  expect(told({ probes: { tool: 61 } })).toContain('probe tool worked for longer');
  expect(told({ day: '2026-03-05' })).toContain('not in the range');
  expect(told({ endpoint: 'laptop-2' })).toContain('not in the pack');
  expect(told({ due: 100_000_000, unobserved: 99_999_910 })).toContain('more was due than a day has');
});

function cellsIn(text: string): string[][] {
  return parse(text, { bom: true });
}

const HOSTILE = '<img src=x onerror=alert(1)> report\u202Efdp.exe\u0000 "\'&amp; Ольга';
const DOCUMENT = {
  title: HOSTILE,
  subtitle: HOSTILE,
  sections: [
    {
      title: HOSTILE,
      blocks: [
        { kind: 'text', text: HOSTILE },
        { kind: 'heading', text: HOSTILE },
        { kind: 'list', items: [HOSTILE] },
        { kind: 'facts', rows: [[HOSTILE, HOSTILE]] },
        { kind: 'table', head: [{ text: HOSTILE }], rows: [[HOSTILE.repeat(200)], [HOSTILE]] },
      ],
    },
  ],
} as const;

test('texts of others are inert in the report: no markup, and what hides or turns text is written out', () => {
  const html = htmlOf(DOCUMENT);
  for (const raw of ['<img', '\u202E', '\u0000']) expect(html.includes(raw)).toBe(false);
  expect(html.match(/&lt;img/g)?.length).toBeGreaterThan(200);
  expect(html).toContain('report‹U+202E›fdp.exe‹U+0000›');
  expect(html).toContain('Ольга');
});

test('the PDF of equal documents is byte for byte the same, whatever they say', async () => {
  const at = '2026-03-05T12:00:00.000Z';
  const [first, again] = [await pdfOf(DOCUMENT, at), await pdfOf(DOCUMENT, at)];
  expect(first.subarray(0, 5).toString()).toBe('%PDF-');
  expect(first.equals(again)).toBe(true);
});

test('the report says who asked, how complete the evidence is, what was found, and whose key it is', async () => {
  const path = await world.pack({ advisories: advisoryCoverage() });
  const html = String(await readDocument(path, 'report.html'));
  const words = html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  for (const said of [
    'grace (test)',
    'The pack is about 2 contractors with 2 endpoints.',
    '12 sealed batches of evidence',
    '3 days from 2026-03-02 to 2026-03-04 are under signed roots.',
    'case.note 3',
    'Such a pack verifies by itself; it is caught by the fingerprint',
    'No rule. It shows in payments, which Farhand does not see.',
    'none declared',
  ])
    expect(words).toContain(said);
  expect((await readDocument(path, 'report.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
});

test('no file of a redacted pack names a contractor, a host or an account, and it says that staff stay named', async () => {
  const { db } = world.store;
  await db.updateTable('contractors').set({ label: 'Ада Лавлейс' }).where('id', '=', 'ada').execute();
  const files = await entriesIn(await world.pack({ scope: { ...EVERYTHING, redact: true } }));
  await db.updateTable('contractors').set({ label: null }).where('id', '=', 'ada').execute();
  const hosts = await db.selectFrom('endpoints').select('hostname').execute();
  const names = ['Ада Лавлейс', LOGIN.user, LOGIN.from, ...hosts.map(({ hostname }) => hostname)];
  for (const [file, content] of files)
    for (const name of names) expect([file, name, content.includes(name)]).toEqual([file, name, false]);
  expect(files.get('report.html')).toContain('so do the names of staff who asked, approved and decided');
});

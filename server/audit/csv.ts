import { stringify } from 'csv-stringify/sync';
import type { ColumnDoc } from '../../shared/pack.ts';
import type { Table } from './table.ts';

/** Rows as text, and how many they are. */
export interface CsvPiece {
  readonly text: string;
  readonly rows: number;
}

/** Marks the file as UTF-8 to spreadsheets, which else take it for the machine's old code page. */
const BOM = '\uFEFF';
const ROWS_AT_ONCE = 200;

const OPTIONS = {
  // A cell that begins as a formula gets an apostrophe before it, so that a spreadsheet shows it and reckons nothing.
  escape_formulas: true,
  record_delimiter: '\r\n',
  cast: { boolean: String },
};

/** A table for spreadsheets: the same rows and columns, and what has parts as JSON in its cell. */
export async function* csvOf({ columns, rows }: Table): AsyncGenerator<CsvPiece> {
  const writer = newCsv(columns);
  yield { text: writer.head, rows: 0 };
  for await (const row of rows()) {
    const piece = writer.add(new Map(Object.entries(row)));
    if (piece) yield piece;
  }
  yield writer.rest();
}

/** Gathers rows; gives them as text now and then. */
export function newCsv(columns: readonly ColumnDoc[]) {
  const names = columns.map(({ name }) => name);
  let waiting: unknown[][] = [];
  const rest = (): CsvPiece => {
    const text = stringify(waiting, OPTIONS);
    const rows = waiting.length;
    waiting = [];
    return { text, rows };
  };
  return {
    head: `${BOM}${stringify([names], OPTIONS)}`,
    add(row: ReadonlyMap<string, unknown>): CsvPiece | undefined {
      waiting.push(names.map((name) => cellOf(row.get(name))));
      return waiting.length < ROWS_AT_ONCE ? undefined : rest();
    },
    rest,
  };
}

function cellOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

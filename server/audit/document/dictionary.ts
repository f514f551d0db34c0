import type { Manifest } from '../../../shared/pack.ts';
import type { Table } from '../table.ts';
import { type Document, heading, table, text } from './document.ts';

export type Described = Pick<Table, 'name' | 'describes' | 'columns'>;

/** What every table and column of a pack means, for people. */
export function dictionaryOf(tables: readonly Described[]): Document {
  return {
    title: 'Data dictionary',
    subtitle: `Every table of this audit pack, ${tables.length} of them, with its columns.`,
    sections: [
      {
        title: 'How to read the files',
        blocks: [
          text(
            'Each table is there twice, with the same rows: as JSON Lines for programs (tables/….jsonl, one object on each line) and as CSV for spreadsheets (tables/….csv, UTF-8, commas, a line of names first).',
            'The verifier checks that both say the same.',
          ),
          {
            kind: 'list',
            items: [
              'text: any text. In CSV, a cell that begins as a formula has an apostrophe before it; an empty cell is null or the empty text, which JSON Lines tell apart.',
              'integer: a whole number.',
              'instant: a moment in UTC, such as 2026-03-02T14:00:00.000Z.',
              'flag: true or false.',
              'json: an object or a list; in CSV, its JSON as text. A spreadsheet may cut cells beyond 32,767 characters.',
            ],
          },
          text(
            'Evidence stands beside the tables, one file for each endpoint (evidence/….batches): for every sealed batch a line of JSON with its seal, then as many bytes as `bytes` says, exactly as the endpoint sealed them, then a line feed. Redacted packs have the seals alone.',
          ),
        ],
      },
      ...tables.map(({ name, describes, columns }) => ({
        title: name,
        blocks: [
          text(describes),
          heading(`tables/${name}.jsonl and tables/${name}.csv`),
          table(
            [{ text: 'Column' }, { text: 'Type', share: 0.6 }, { text: 'Meaning', share: 3 }],
            columns.map((column) => [column.name, column.type, column.describes]),
            { none: 'It has no columns.' },
          ),
        ],
      })),
    ],
  };
}

/** The same for programs. */
export function dictionaryJson(tables: readonly Described[], format: Manifest['format']): string {
  const described = tables.map(({ name, describes, columns }) => ({
    name,
    describes,
    files: [`tables/${name}.jsonl`, `tables/${name}.csv`],
    columns,
  }));
  return `${JSON.stringify({ format, tables: described }, null, 1)}\n`;
}

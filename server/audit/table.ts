import { COLUMN_TYPES, type ColumnDoc } from '../../shared/pack.ts';

export type Cell = string | number | boolean | null | object;
export type PackRow = Readonly<Record<string, Cell>>;

/** A table of a pack: what it says, and its rows one after another. JSON Lines are written from it, and other forms can be. */
export interface Table {
  readonly name: string;
  readonly describes: string;
  readonly columns: readonly ColumnDoc[];
  /** Every row has all columns, in their order. */
  readonly rows: () => AsyncIterable<PackRow>;
}

/** One column for each line: `receivedAt:instant When the collector had it`. */
export function columns(...lines: readonly string[]): readonly ColumnDoc[] {
  return lines.map((line) => {
    const [head = '', ...words] = line.split(' ');
    const [name = '', type] = head.split(':');
    return { name, type: COLUMN_TYPES.find((known) => known === type) ?? 'text', describes: words.join(' ') };
  });
}

export async function* jsonLines({ rows }: Table): AsyncGenerator<string> {
  for await (const row of rows()) yield `${JSON.stringify(row)}\n`;
}

export async function* mapped<From, To>(
  rows: AsyncIterable<From>,
  map: (row: From) => To,
): AsyncGenerator<To> {
  for await (const row of rows) yield map(row);
}

export async function* listed<Row>(rows: Iterable<Row>): AsyncGenerator<Row> {
  yield* rows;
}

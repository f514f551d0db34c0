import { CsvError, parse } from 'csv-parse/sync';
import { nearest } from '../../shared/nearest.ts';
import { type Cells, COLUMNS, entryOf, isColumn } from './columns.ts';
import type { Candidates, RosterProblem } from './problem.ts';

/** Reads CSV with a header. Rows are counted as a spreadsheet counts them: the header is row 1. */
export function csvCandidates(text: string): Candidates {
  const { records, problem } = recordsOf(text);
  const [header = [], ...rows] = records;
  const columns = header.map((name) => name.trim().toLowerCase());
  const problems = problem ? [problem] : headerProblems(columns);
  if (problems.length > 0) return { candidates: [], problems };

  const filled = rows
    .map((cells, index) => ({ cells, row: index + 2 }))
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const fits = ({ cells }: { readonly cells: readonly string[] }) => cells.length === columns.length;
  return {
    candidates: filled.filter(fits).map(({ cells, row }) => ({ row, value: entryOf(named(columns, cells)) })),
    problems: filled
      .filter((row) => !fits(row))
      .map(({ cells, row }) => ({
        row,
        reason: `has ${cells.length} cells, the header has ${columns.length}`,
      })),
  };
}

interface Records {
  readonly records: readonly (readonly string[])[];
  readonly problem?: RosterProblem;
}

function recordsOf(text: string): Records {
  try {
    return { records: parse(text, { bom: true, relax_column_count: true, max_record_size: 100_000 }) };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = ` near line ${String(Reflect.get(error, 'lines'))}`;
    return { records: [], problem: { reason: `not CSV${line} (${error.code})` } };
  }
}

function headerProblems(columns: readonly string[]): readonly RosterProblem[] {
  const known = Object.keys(COLUMNS);
  if (columns.length === 1 && columns[0]?.includes(';'))
    return [{ row: 1, reason: 'columns are separated by commas; semicolons are for lists within a cell' }];
  const problems = columns.flatMap((column, index): RosterProblem[] => {
    if (column === '') return [{ row: 1, reason: `column ${index + 1} has no name` }];
    if (columns.indexOf(column) !== index) return [{ row: 1, column, reason: 'the column is there twice' }];
    if (isColumn(column)) return [];
    const near = nearest(column, known);
    return [
      {
        row: 1,
        column,
        reason: near
          ? `unknown column; did you mean ${near}?`
          : `unknown column; known are ${known.join(', ')}`,
      },
    ];
  });
  return columns.includes('contractor') || problems.length > 0
    ? problems
    : [{ row: 1, column: 'contractor', reason: 'the column is missing' }];
}

function named(columns: readonly string[], cells: readonly string[]): Cells {
  return Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? '']));
}

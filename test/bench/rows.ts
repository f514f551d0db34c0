import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

export type Row = Readonly<Record<string, SQLInputValue>>;
export type Insert = (table: string, row: Row) => number;

/** One prepared statement for each table and each set of columns. */
export function inserter(database: DatabaseSync): Insert {
  const statements = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  return (table, row) => {
    const names = Object.keys(row);
    const shape = `${table} ${names.join(' ')}`;
    const statement =
      statements.get(shape) ??
      database.prepare(
        `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')}) values (${names.map(() => '?').join(', ')})`,
      );
    statements.set(shape, statement);
    return Number(statement.run(...Object.values(row)).lastInsertRowid);
  };
}

import type { Table } from './tables.ts';

/** `text` with what stands between the marks of each table written anew. Throws when marks and tables do not pair up. */
export function withTables(text: string, tables: readonly Table[]): string {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const written = text.replace(MARKED, (_, name: string) => {
    const table = byName.get(name);
    if (!table)
      throw new Error(`no table is called ${name}; add it to test/docs/tables.ts or remove its marks`);
    byName.delete(name);
    return `<!-- generated:${name} -->\n\n${markdown(table)}\n\n<!-- /generated -->`;
  });
  const [missing] = byName.keys();
  if (missing !== undefined)
    throw new Error(`the marks <!-- generated:${missing} --> … <!-- /generated --> are missing`);
  return written;
}

const MARKED = /<!-- generated:([a-z-]+) -->.*?<!-- \/generated -->/gs;

function markdown({ heads, rows }: Table): string {
  return [heads, heads.map(() => '---'), ...rows]
    .map(
      (cells) =>
        `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`,
    )
    .join('\n');
}

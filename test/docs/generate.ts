import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TABLES } from './tables.ts';
import { withTables } from './with-tables.ts';

// `node test/docs/generate.ts` writes the tables of all READMEs; with `--check` it only names those that are stale.
const root = join(import.meta.dirname, '../..');
const check = process.argv.includes('--check');

for (const [file, tables] of Map.groupBy(TABLES, (table) => table.file)) {
  const path = join(root, file);
  const text = readFileSync(path, 'utf8');
  const written = withTables(text, tables);
  if (written === text) continue;
  if (check) {
    console.error(`${file} does not say what the code says: run npm run fix.`);
    process.exitCode = 1;
  } else writeFileSync(path, written);
}

import { expect, test } from 'vitest';
import { withTables } from './with-tables.ts';

const TABLE = { name: 'things', file: 'README.md', heads: ['Thing', 'Size'], rows: [['a|b', 1]] };
const MARKS = '<!-- generated:things -->\nold\n<!-- /generated -->';

test('a table replaces what stood between its marks and nothing else', () => {
  expect(withTables(`before\n${MARKS}\nafter`, [TABLE])).toBe(
    'before\n<!-- generated:things -->\n\n| Thing | Size |\n| --- | --- |\n| a\\|b | 1 |\n\n<!-- /generated -->\nafter',
  );
});

test('a table that is up to date stays as it is', () => {
  const written = withTables(MARKS, [TABLE]);
  expect(withTables(written, [TABLE])).toBe(written);
});

test('marks without a table are an error that names them', () => {
  expect(() => withTables('<!-- generated:other --><!-- /generated -->', [TABLE])).toThrow('other');
});

test('a table without marks is an error that names it', () => {
  expect(() => withTables('nothing', [TABLE])).toThrow('generated:things');
});

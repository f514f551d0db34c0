import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLEAN, TARGETS } from './fences/clean.ts';
import { COMPILED } from './fences/compiled.ts';
import type { Fence } from './fences/fence.ts';
import { LINTED } from './fences/linted.ts';
import { type PlantedTree, plantTree } from './support/planted-tree.ts';

describe('the linter', () => {
  let tree: PlantedTree;
  let reports: readonly string[];

  beforeAll(async () => {
    tree = await plantTree({
      ...TARGETS,
      ...CLEAN,
      ...planted(LINTED),
      'server/cycle-back.ts': `import { y } from './cycle.ts';\nexport const x = () => y;\n`,
    });
    const said = await tree.run('biome', 'lint', '--reporter=github', '--max-diagnostics=none', '.');
    reports = said.split('\n').filter((line) => line.startsWith('::'));
  });
  afterAll(() => tree[Symbol.asyncDispose]());

  test.for(LINTED)('sees to it that $fact', ({ path, says }) => {
    expect(reports.filter((report) => report.includes(`file=${path},`)).join('\n')).toContain(says);
  });

  test.for(Object.keys({ ...TARGETS, ...CLEAN }))('is content with %s', (path) => {
    expect(reports.filter((report) => report.includes(`file=${path},`))).toEqual([]);
  });
});

describe('the compiler', () => {
  let tree: PlantedTree;
  let reports: readonly string[];

  beforeAll(async () => {
    tree = await plantTree({ ...TARGETS, ...planted(COMPILED) });
    reports = (await tree.run('tsc', '-b', '--pretty', 'false')).split('\n');
  });
  afterAll(() => tree[Symbol.asyncDispose]());

  test.for(COMPILED)('sees to it that $fact', ({ path, says }) => {
    expect(reports.filter((report) => report.startsWith(`${path}(`)).join('\n')).toContain(`error ${says}`);
  });

  test.for(Object.keys(TARGETS))('is content with %s', (path) => {
    expect(reports.filter((report) => report.startsWith(`${path}(`))).toEqual([]);
  });
});

function planted(fences: readonly Fence[]): Record<string, string> {
  return Object.fromEntries(fences.map(({ path, code }) => [path, `${code}\n`]));
}

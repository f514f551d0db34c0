import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCatalog, writeAdditions } from '../../../server/catalog/additions-file.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import type { Tool } from '../../../shared/catalog/schema.ts';
import { testCollector } from '../../support/collector.ts';
import { tempDir } from '../../support/temp-dir.ts';

const TOOL: Tool = {
  id: 'farreach',
  name: 'FarReach',
  vendor: 'FarReach',
  category: 'remote-access',
  direction: 'inbound',
  linux: { processes: ['farreachd'] },
  confidence: 'listed',
  sources: ['made up for this test'],
};

let stack: AsyncDisposableStack;
let dataDir: string;

beforeEach(() => {
  stack = new AsyncDisposableStack();
  dataDir = stack.use(tempDir()).path;
});
afterEach(() => stack.disposeAsync());

test('what was written is part of the catalog from the next start on', async () => {
  expect(await openCatalog(dataDir)).toBe(CATALOG);
  await writeAdditions(dataDir, [TOOL]);
  const catalog = await openCatalog(dataDir);
  expect(catalog.tools.at(-1)).toEqual(TOOL);
  expect(catalog.version).toMatch(/\+[0-9a-f]{8}$/);
});

test('a record that could not be read again is never written', async () => {
  await writeAdditions(dataDir, [TOOL]);
  const before = readFileSync(join(dataDir, 'catalog.json'), 'utf8');
  const bad = { ...TOOL, linux: { processes: ['bash'] } };
  await expect(writeAdditions(dataDir, [bad])).rejects.toThrow(
    /^CATALOG_INVALID \(record: farreach, name: bash/,
  );
  expect(readFileSync(join(dataDir, 'catalog.json'), 'utf8')).toBe(before);
  expect(readdirSync(dataDir)).toEqual(['catalog.json']);
});

test('a collector does not start with a bad record, and names it', async () => {
  const bad = { version: '1', tools: [TOOL, { ...TOOL, id: 'far-bash', direction: 'sideways' }] };
  writeFileSync(join(dataDir, 'catalog.json'), JSON.stringify(bad));
  await expect(testCollector({ config: { dataDir } })).rejects.toThrow(
    /^CATALOG_INVALID \(record: far-bash, /,
  );
});

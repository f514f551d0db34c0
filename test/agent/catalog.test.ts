import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCatalog, usableCatalog } from '../../agent/catalog.ts';
import { CATALOG } from '../../shared/catalog/index.ts';
import { tempDir } from '../support/temp-dir.ts';

const RECORD = {
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

test('without an added file the agent has the catalog that it brings', () => {
  expect(readCatalog(dataDir)).toBe(CATALOG);
});

test('an added file is part of the catalog', () => {
  keep({ version: '1a2b', tools: [RECORD] });
  const catalog = readCatalog(dataDir);
  expect(catalog.version).toBe(`${CATALOG.version}+1a2b`);
  expect(catalog.tools.at(-1)).toEqual(RECORD);
});

test('a bad record is refused by its name', () => {
  keep({ version: '1a2b', tools: [RECORD, { ...RECORD, id: 'far-bash', linux: { processes: ['bash'] } }] });
  expect(() => readCatalog(dataDir)).toThrow(/^CATALOG_INVALID \(record: far-bash, name: bash, /);
});

test('an agent that runs goes on with its own catalog, and tells', () => {
  keep({ version: '1a2b', tools: [{ ...RECORD, linux: { processes: ['bash'] } }] });
  const told: string[] = [];
  expect(usableCatalog(dataDir, ({ code }) => told.push(code))).toBe(CATALOG);
  expect(told).toEqual(['CATALOG_INVALID']);
});

test('a file that cannot be read is told', () => {
  expect(() => readCatalog(join(dataDir, 'x\0'))).toThrow(/^FILE_UNREADABLE /);
});

function keep(content: unknown): void {
  writeFileSync(join(dataDir, 'catalog.json'), JSON.stringify(content));
}

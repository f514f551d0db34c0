import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseAdditions } from '../../../shared/catalog/additions.ts';

const MAIN = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const LIST = fileURLToPath(new URL('../../fixtures/lolrmm/rmm_tools.json', import.meta.url));

interface Report {
  readonly listed: number;
  readonly taken: number;
  readonly unused: number;
  readonly written?: string;
  readonly records: readonly string[];
  readonly refused: readonly { readonly record: string; readonly what?: string; readonly why: string }[];
}

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'farhand-catalog-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('farhand catalog import', () => {
  test('takes what is usable and writes it for the collector', async () => {
    const report = await reportOf();
    expect(report).toMatchObject({ listed: 15, taken: 7, unused: 3 });
    expect(report.records).toEqual([
      'farreach',
      'everyday-names',
      'prose-junk',
      'shared-one',
      'shared-two',
      'wrong-owner',
      'old-keys',
    ]);
    expect(report.written).toBe(join(folder, 'catalog.json'));
    expect(readdirSync(folder)).toEqual(['catalog.json']);
    expect(additions().tools[0]).toMatchObject({
      id: 'farreach',
      name: 'FarReach',
      category: 'remote-access',
      confidence: 'listed',
      linux: { processes: ['farreachd'], paths: ['/usr/local/bin/farreachd'] },
      macos: { processes: ['FarReach'], paths: ['/Applications/FarReach.app'] },
      windows: {
        processes: ['FarReachTray.exe', 'FarReachHost.exe'],
        processPatterns: ['FarReach-Portable*.exe'],
        services: ['FarReach Host Service'],
        paths: ['C:\\Program Files\\FarReach', 'C:\\ProgramData\\FarReach\\host.log'],
      },
      sources: ['LOLRMM: FarReach'],
    });
    const text = readFileSync(join(folder, 'catalog.json'), 'utf8');
    expect(text).not.toMatch(/Microsoft|example\.com|443|github|user_managed/);
  });

  test('a dry run writes nothing', async () => {
    expect((await reportOf('--dry-run')).written).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('without --json it prints the reasons with their numbers', async () => {
    const { code, stdout } = await farhand('catalog', 'import', LIST, '--data-dir', folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^7 of 15 products taken, written to .*catalog\.json\n/);
    expect(stdout).toMatch(/ 2 {2}no name \(entry 12; entry 13\)/);
  });

  test('a file of another kind is refused, and an earlier import stays', async () => {
    writeFileSync(join(folder, 'catalog.json'), 'earlier');
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, '{"Name":"One"}');
    const { code, stderr } = await farhand('catalog', 'import', bad, '--data-dir', folder);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('CATALOG_INVALID (reason: not a list of products)'),
    ]);
    expect(readFileSync(join(folder, 'catalog.json'), 'utf8')).toBe('earlier');
  });

  test('a file that is not there is told, and other words are usage', async () => {
    const missing = await farhand('catalog', 'import', join(folder, 'none.json'), '--data-dir', folder);
    expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('FILE_UNREADABLE')]);
    expect((await farhand('catalog', 'export')).code).toBe(2);
    expect(existsSync(join(folder, 'catalog.json'))).toBe(false);
  });
});

function additions() {
  return parseAdditions(readFileSync(join(folder, 'catalog.json'), 'utf8'));
}

async function reportOf(...more: readonly string[]): Promise<Report> {
  const { stdout, stderr } = await farhand(
    'catalog',
    'import',
    LIST,
    '--json',
    '--data-dir',
    folder,
    ...more,
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Report;
}

function farhand(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

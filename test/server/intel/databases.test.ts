import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf } from '../../../server/intel/address.ts';
import { asnRecordOf } from '../../../server/intel/asn-record.ts';
import { mmdbFiles, readDatabase } from '../../../server/intel/databases.ts';
import { type Place, placeRecordOf } from '../../../server/intel/place-record.ts';
import { distanceKm } from '../../../shared/geo.ts';
import { tinyMmdb } from './tiny-mmdb.ts';

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
  const city = await readDatabase(await mmdbFiles(path), { subject: 'city', parse: placeRecordOf });
  const find = (ip: string): Place | undefined => {
    const address = addressOf(ip);
    return address && city.find(address)?.place;
  };
  return { city, find };
}

test.each([24, 28, 32] as const)(
  'the nested layout gives place and its own radius, for both families, in records of %i bits',
  async (recordSize) => {
    const ranges: Ranges = [
      ['192.0.2.0/24', CHICAGO],
      ['198.51.100.7/32', { ...CHICAGO, city: { names: { en: 'Springfield' } } }],
      ['2001:db8::/32', CHICAGO],
    ];
    const bytes = tinyMmdb({ type: 'Test-City', ipVersion: 6, ranges, recordSize });
    const { city, find } = await opened(await fileWith('nested.mmdb', bytes));
    const place = {
      country: 'US',
      region: 'Illinois',
      city: 'Chicago',
      lat: 41.8781,
      lon: -87.6298,
      radiusKm: 20,
    };
    expect(find('192.0.2.1')).toEqual(place);
    expect(find('192.0.2.255')).toEqual(place);
    expect(find('192.0.3.0')).toBeUndefined();
    expect(find('2001:db8::1')).toEqual(place);
    expect(find('198.51.100.7')?.city).toBe('Springfield');
    expect(find('198.51.100.8')).toBeUndefined();
    expect(city.name).toBe('Test-City 2026-03-01');
    expect(city.attribution).toBeUndefined();
  },
);

test('the flat layout gives place with our radius, and a tree of IPv4 nothing for IPv6', async () => {
  const { find } = await opened(await fileWith('flat.mmdb', v4('city ipv4', [['192.0.2.0/24', PARIS]])));
  expect(find('192.0.2.1')).toEqual({
    country: 'FR',
    region: 'Ile-de-France',
    city: 'Paris',
    lat: 48.85,
    lon: 2.35,
    radiusKm: 275,
  });
  expect(find('2001:db8::1')).toBeUndefined();
});

test('files of countries alone give countries', async () => {
  const ranges: Ranges = [
    ['192.0.2.0/24', { country_code: 'FR' }],
    ['198.51.100.0/24', { country: { iso_code: 'US' } }],
  ];
  const { find } = await opened(await fileWith('countries.mmdb', v4('Test-Country', ranges)));
  expect(find('192.0.2.1')).toEqual({ country: 'FR' });
  expect(find('198.51.100.1')).toEqual({ country: 'US' });
});

test('a point without a city, or at a known middle, carries the radius of its country', async () => {
  const { city: _, ...countryOnly } = CHICAGO;
  const ranges: Ranges = [
    ['192.0.2.0/24', countryOnly],
    ['198.51.100.0/24', { ...PARIS, city: ' ' }],
    ['203.0.113.0/24', { country_code: 'US', city: 'Cheney', latitude: 37.751, longitude: -97.822 }],
  ];
  const { find } = await opened(await fileWith('country.mmdb', v4('Test', ranges)));
  const [us, fr, kansas] = ['192.0.2.1', '198.51.100.1', '203.0.113.1'].map(find);
  expect(us).toMatchObject({ country: 'US', region: 'Illinois', lat: 41.8781 });
  expect(us?.city ?? fr?.city ?? kansas?.city).toBeUndefined();
  // Anchorage, Brest, Key West.
  expect(us?.radiusKm).toBeGreaterThan(distanceKm({ lat: 41.88, lon: -87.63 }, { lat: 61.2, lon: -149.9 }));
  expect(fr?.radiusKm).toBeGreaterThan(distanceKm({ lat: 48.85, lon: 2.35 }, { lat: 48.4, lon: -4.5 }));
  expect(kansas?.radiusKm).toBeGreaterThan(distanceKm({ lat: 37.75, lon: -97.8 }, { lat: 24.6, lon: -81.8 }));
});

test('records of an unknown shape are passed over, parts that make no sense left out', async () => {
  const ranges: Ranges = [
    ['192.0.2.0/25', { ...PARIS, latitude: 900 }],
    ['192.0.2.128/25', { ...PARIS, city: '-' }],
    ['198.51.100.0/24', { ...PARIS, country_code: 'fra' }],
    ['203.0.113.0/24', 'a text'],
  ];
  const { find } = await opened(await fileWith('odd.mmdb', v4('odd', ranges)));
  expect(find('192.0.2.1')).toBeUndefined();
  expect(find('192.0.2.129')?.city).toBeUndefined();
  expect(find('198.51.100.1')).toBeUndefined();
  expect(find('203.0.113.1')).toBeUndefined();
});

test('a GeoLite2 file works, with a word about its license', async () => {
  const bytes = v4('GeoLite2-City', [['192.0.2.0/24', CHICAGO]]);
  const { city, find } = await opened(await fileWith('lite.mmdb', bytes));
  expect(find('192.0.2.1')?.city).toBe('Chicago');
  expect(city.attribution?.url).toBe('https://www.maxmind.com/');
  expect(city.caution).toContain('employment purposes');
});

test('one file of a pair brings its sibling, and a folder brings all', async () => {
  const pair = await mkdtemp(join(folder, 'pair-'));
  const v6 = tinyMmdb({ type: 'city ipv6', ipVersion: 6, ranges: [['2001:db8::/32', PARIS]] });
  await writeFile(join(pair, 'dbip-city-ipv4.mmdb'), v4('city ipv4', [['192.0.2.0/24', PARIS]]));
  await writeFile(join(pair, 'dbip-city-ipv6.mmdb'), v6);
  for (const path of [pair, join(pair, 'dbip-city-ipv4.mmdb'), join(pair, 'dbip-city-ipv6.mmdb')]) {
    const { city, find } = await opened(path);
    expect([find('192.0.2.1')?.city, find('2001:db8::1')?.city]).toEqual(['Paris', 'Paris']);
    expect(city.attribution?.url).toBe('https://db-ip.com/');
  }
});

test('a database of networks gives number and name', async () => {
  const record = { autonomous_system_number: 64500, autonomous_system_organization: 'Example Net' };
  const file = await fileWith('asn.mmdb', v4('Test-ASN', [['192.0.2.0/24', record]]));
  const asns = await readDatabase([file], { subject: 'ASN', parse: asnRecordOf });
  expect(asns.find(addressOf('192.0.2.1')!)).toEqual({ asn: 64500, org: 'Example Net' });
  await expect(opened(file)).rejects.toThrow('nothing in it is of this kind');
});

const sound = () => v4('x', [['192.0.2.0/24', CHICAGO]]);

test.each([
  ['missing', () => join(folder, 'nowhere.mmdb')],
  ['no database', () => fileWith('text.mmdb', 'this is no database')],
  ['empty', () => fileWith('empty.mmdb', '')],
  ['cut off', () => fileWith('cut.mmdb', sound().subarray(0, 90))],
  ['without its beginning', () => fileWith('tail.mmdb', sound().subarray(-200))],
  ['empty at the beginning', () => fileWith('zeros.mmdb', sound().fill(0, 0, 60))],
  ['without a record', () => fileWith('bare.mmdb', v4('x', []))],
  ['about something else', () => fileWith('isp.mmdb', v4('x', [['192.0.2.0/24', { isp: 'Example' }]]))],
  ['in an empty folder', () => mkdtemp(join(folder, 'empty-'))],
])('a file that is %s is refused', async (_, file) => {
  await expect(opened(await file())).rejects.toThrow(Error);
});

test('a damaged file in a folder is left out and named at first, and later refuses the whole', async () => {
  const mixed = await mkdtemp(join(folder, 'mixed-'));
  await copyFile(await fileWith('good.mmdb', sound()), join(mixed, 'a.mmdb'));
  await writeFile(join(mixed, 'b.mmdb'), 'damaged');
  const files = await mmdbFiles(mixed);
  const reading = { subject: 'city', parse: placeRecordOf };
  const city = await readDatabase(files, { ...reading, first: true });
  expect(city.find(addressOf('192.0.2.1')!)?.place.city).toBe('Chicago');
  expect(city.damaged.map(({ file }) => file)).toEqual([join(mixed, 'b.mmdb')]);
  await expect(readDatabase(files, reading)).rejects.toThrow(Error);
  await writeFile(join(mixed, 'a.mmdb'), 'damaged');
  await expect(readDatabase(files, { ...reading, first: true })).rejects.toThrow(Error);
});

test('pointers that lead in circles are found before any answer', async () => {
  const bytes = sound();
  // The record itself becomes a pointer to its own place, the beginning of the data.
  bytes.set([0x20, 0x00], bytes.indexOf('country') - 2);
  await expect(opened(await fileWith('circle.mmdb', bytes))).rejects.toThrow('no record that makes sense');
});

test('a record that points behind the file is found before any answer', async () => {
  const bytes = sound();
  // A pointer far behind the end of the file, where the record's map began.
  bytes.set([0x38, 0xff, 0xff, 0xff, 0xff], bytes.indexOf('country') - 2);
  await expect(opened(await fileWith('damaged.mmdb', bytes))).rejects.toThrow(Error);
});

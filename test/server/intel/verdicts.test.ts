import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GeoConfig, geoSchema } from '../../../server/intel/geo-config.ts';
import { openIntel } from '../../../server/intel/intel.ts';
import { FACTS } from '../../../shared/facts.ts';
import { distanceKm } from '../../../shared/geo.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { tinyMmdb } from './tiny-mmdb.ts';
import { listeningLog } from './warnings.ts';

let dir: ReturnType<typeof tempDir>;
beforeAll(() => {
  dir = tempDir();
});
afterAll(() => dir[Symbol.dispose]());

const place = (country_code: string, city: string, latitude: number, longitude: number) => ({
  country_code,
  city,
  latitude,
  longitude,
});
const PARIS = place('FR', 'Paris', 48.85, 2.35);
const VERSAILLES = place('FR', 'Versailles', 48.8, 2.13);
const NICE = place('FR', 'Nice', 43.7, 7.27);
const MILAN = place('IT', 'Milan', 45.46, 9.19);

type Ranges = Parameters<typeof tinyMmdb>[0]['ranges'];

async function fileWith(name: string, content: Buffer | string): Promise<string> {
  const file = join(dir.path, name);
  await writeFile(file, content);
  return file;
}

const mmdb = (name: string, ranges: Ranges) =>
  fileWith(name, tinyMmdb({ type: `Test ${name}`, ipVersion: 4, ranges }));

async function opened(config: GeoConfig) {
  const { log, warnings } = listeningLog();
  const none = { cityDb: await mmdb('none.mmdb', [['192.0.2.0/24', PARIS]]) };
  return { intel: await openIntel({ ...none, ...geoSchema.parse(config), log }), warnings };
}

describe('a second database', () => {
  const both = async (first: Ranges[number][1], second: Ranges[number][1]) => {
    const cityDb = await mmdb('first.mmdb', [['18.0.0.0/8', first]]);
    const secondDb = await mmdb('second.mmdb', [['18.0.0.0/8', second]]);
    const { intel } = await opened({ cityDb, secondDb });
    return FACTS.egress.schema.parse(intel.lookup('18.7.22.69'));
  };

  test('that names another country makes it disputed, and no point is given', async () => {
    const fact = await both(PARIS, MILAN);
    expect(fact).toMatchObject({ country: 'FR', city: 'Paris', disputed: true });
    expect([fact.lat, fact.radiusKm]).toEqual([undefined, undefined]);
    expect(fact.intelVersion).toContain('says IT');
  });

  test('that names a far place of the same country widens the radius over both', async () => {
    const fact = await both(PARIS, NICE);
    const distance = Math.round(distanceKm({ lat: 48.85, lon: 2.35 }, { lat: 43.7, lon: 7.27 }));
    // About 680 km apart, and the other place is as uncertain as any.
    expect(fact).toMatchObject({ city: 'Paris', lat: 48.85, radiusKm: distance + 275 });
    expect(fact.disputed).toBeUndefined();
  });

  test('that names a near place changes nothing', async () => {
    expect(await both(PARIS, VERSAILLES)).toMatchObject({ city: 'Paris', radiusKm: 275 });
  });

  test('that knows the country only contradicts no city', async () => {
    expect(await both(PARIS, { ...NICE, city: '' })).toMatchObject({ city: 'Paris', radiusKm: 275 });
  });

  test('answers where the first knows nothing', async () => {
    const cityDb = await mmdb('first.mmdb', [['73.0.0.0/8', PARIS]]);
    const secondDb = await mmdb('second.mmdb', [['5.39.0.0/16', PARIS]]);
    const { intel } = await opened({ cityDb, secondDb });
    expect(intel.lookup('5.39.0.1')).toMatchObject({ country: 'FR', city: 'Paris' });
  });
});

test("an operator's database of networks stands in for the table", async () => {
  const record = { autonomous_system_number: 64500, autonomous_system_organization: 'Example Hosting' };
  const { intel } = await opened({ asnDb: await mmdb('asn.mmdb', [['18.0.0.0/8', record]]) });
  expect(intel.lookup('18.7.22.69')).toMatchObject({ asn: 64500, networkClass: 'hosting' });
  expect(intel.lookup('73.0.0.1').asn).toBeUndefined();
  expect(intel.version).toContain('Test asn.mmdb 2026-03-01');
});

describe('lists', () => {
  const lists = async () => [
    {
      file: await fileWith('vpn.txt', '# vpn\n18.7.0.0/16\n73.0.0.7\n37.120.210.7\n'),
      format: 'cidr',
      networkClass: 'vpn',
    } as const,
    {
      file: await fileWith('dc.txt', '18.7.22.0/24\n37.120.210.0/24\n'),
      format: 'cidr',
      networkClass: 'hosting',
    } as const,
    { file: await fileWith('relay.csv', '18.7.22.64/28,US,US-MA,Boston,\n'), format: 'apple-relay' } as const,
    { file: await fileWith('tor.txt', '18.7.22.65\n'), format: 'tor' } as const,
  ];

  test('give the most particular class, and the others stay visible', async () => {
    const { intel, warnings } = await opened({ lists: await lists() });
    const classOf = (ip: string) => intel.lookup(ip).networkClass;
    expect(classOf('18.7.1.1')).toBe('vpn');
    expect(classOf('18.7.22.69')).toBe('relay');
    expect(classOf('18.7.22.65')).toBe('tor');
    expect(classOf('73.0.0.7')).toBe('vpn');
    expect(classOf('73.0.0.8')).toBe('unknown');
    // M247 by its number, hosting by a list.
    expect(classOf('37.120.210.1')).toBe('vpn');
    expect(intel.explain('18.7.22.65')?.classes).toEqual([
      { networkClass: 'tor', source: 'list tor.txt', confidence: 'reported' },
      { networkClass: 'relay', source: 'list relay.csv', confidence: 'reported' },
      { networkClass: 'vpn', source: 'list vpn.txt', confidence: 'reported' },
      { networkClass: 'hosting', source: 'list dc.txt', confidence: 'reported' },
    ]);
    expect(intel.lookup('18.7.22.65').intelVersion).toContain('class by list tor.txt (reported)');
    expect(warnings).toEqual([]);
  });

  test('are told to be stale by their age, and skipped lines by number', async () => {
    const file = await fileWith('old.txt', '18.7.0.0/16\n<html>\n');
    const old = new Date(Date.now() - 40.5 * 86_400_000);
    await utimes(file, old, old);
    const list = { file, format: 'cidr', networkClass: 'vpn' } as const;
    const { intel, warnings } = await opened({ lists: [list] });
    expect(warnings).toMatchObject([
      { code: 'INTEL_LINES_SKIPPED', lines: 1, first: ['line 2: <html>'] },
      { code: 'INTEL_FILE_STALE', file, ageDays: 40 },
    ]);
    expect(intel.files()).toContainEqual(
      expect.objectContaining({ path: file, stale: true, ageDays: 40, entries: 1 }),
    );
    expect(intel.lookup('18.7.22.69').networkClass).toBe('vpn');
    expect((await opened({ lists: [list], listsStaleDays: 60 })).warnings).toHaveLength(1);
  });

  test('that cannot be read leave the class to the others', async () => {
    const file = join(dir.path, 'nowhere.txt');
    const { intel, warnings } = await opened({ lists: [{ file, format: 'tor' }] });
    expect(warnings).toMatchObject([{ code: 'GEO_UNAVAILABLE', file }]);
    expect(intel.lookup('37.120.210.1').networkClass).toBe('vpn');
    expect(intel.files().at(-1)).toMatchObject({ path: file, refused: expect.stringContaining('ENOENT') });
  });
});

describe('corporate sites', () => {
  test('win over overrides, lists and databases, by range or by network', async () => {
    const { intel } = await opened({
      corporate: [
        { cidr: '175.45.176.0/24', name: 'Test lab', country: 'US', lat: 41.88, lon: -87.63 },
        { cidr: '198.51.100.0/24', name: 'Office', country: 'CA' },
        { asn: 9009, name: 'Our VPN' },
      ],
      lists: [{ file: await fileWith('tor.txt', '37.120.210.1\n'), format: 'tor' }],
    });
    expect(intel.lookup('175.45.176.1')).toMatchObject({
      country: 'US',
      lat: 41.88,
      radiusKm: 25,
      networkClass: 'corporate',
    });
    expect(intel.lookup('175.45.177.1')).toMatchObject({ country: 'KP', networkClass: 'unknown' });
    expect(intel.lookup('198.51.100.9')).toMatchObject({ country: 'CA', networkClass: 'corporate' });
    expect(intel.lookup('37.120.210.1')).toMatchObject({ asn: 9009, networkClass: 'corporate' });
    expect(intel.lookup('37.120.210.1').intelVersion).toContain('corporate site Our VPN (certain)');
  });

  test.each([
    ['neither range nor network', { name: 'x' }],
    ['both', { cidr: '192.0.2.0/24', asn: 64500, name: 'x' }],
    ['no range', { cidr: '192.0.2.0', name: 'x' }],
    ['half a point', { cidr: '192.0.2.0/24', name: 'x', country: 'US', lat: 1 }],
    ['a point without country', { cidr: '192.0.2.0/24', name: 'x', lat: 1, lon: 1 }],
  ])('with %s are refused', (_, site) => {
    expect(geoSchema.safeParse({ corporate: [site] }).success).toBe(false);
  });
});

test('a list needs a class where its format has none, and none where it has', () => {
  const parse = (list: unknown) => geoSchema.safeParse({ lists: [list] }).success;
  expect(parse({ file: 'x', format: 'cidr' })).toBe(false);
  expect(parse({ file: 'x', format: 'cidr', networkClass: 'hosting' })).toBe(true);
  expect(parse({ file: 'x', format: 'tor', networkClass: 'vpn' })).toBe(false);
});

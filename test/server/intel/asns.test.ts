import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { addressOf } from '../../../server/intel/address.ts';
import { readAsns } from '../../../server/intel/asns.ts';

const require = createRequire(import.meta.url);

// IPv6 ranges finer than /64 (DNS roots) share an entry, and one IPv4 range of the data overlaps its neighbor.
const EXCEPTIONS = 5;

test.each([
  ['asn-ipv4.csv', 400],
  ['asn-ipv6.csv', 100],
])('the networks of %s are found from their first to their last address', async (file, every) => {
  const table = await readAsns();
  const rows = (await readFile(require.resolve(`@ip-location-db/asn/${file}`), 'utf8')).trim().split('\n');
  const wrong = rows
    .filter((_, index) => index % every === 0)
    .flatMap((row) => {
      const [first = '', last = '', asn] = row.split(',', 3);
      return [first, last].filter((ip) => {
        const address = addressOf(ip);
        return !address || table.find(address)?.asn !== Number(asn);
      });
    });
  expect(rows.length).toBeGreaterThan(100_000);
  expect(wrong.length).toBeLessThanOrEqual(EXCEPTIONS);
});

test('names come without quotes, and unannounced space has no network', async () => {
  const { find, name } = await readAsns();
  const asnOf = (ip: string) => {
    const address = addressOf(ip);
    return address && find(address);
  };
  expect(asnOf('1.0.0.1')).toEqual({ asn: 13335, org: 'Cloudflare, Inc.' });
  expect(asnOf('0.0.0.0')).toBeUndefined();
  expect(asnOf('255.255.255.255')).toBeUndefined();
  expect(asnOf('ffff::')).toBeUndefined();
  expect(name).toMatch(/^ASN \d{4}-\d\d-\d\d$/);
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { importListings } from '../../../server/catalog/import-listings.ts';
import { listingsOf } from '../../../server/catalog/listing.ts';
import { clashesIn, flawsOf } from '../../../shared/catalog/check.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';

const LIST = readFileSync(new URL('../../fixtures/lolrmm/rmm_tools.json', import.meta.url), 'utf8');
const { listings, nameless } = listingsOf(LIST);
const { tools, refused } = importListings(listings, CATALOG);

test('entries without a name are told by their number', () => {
  expect(nameless).toEqual([12, 13]);
});

test('what was taken passes every check of our own catalog', () => {
  expect(tools.flatMap(flawsOf)).toEqual([]);
  expect(clashesIn({ ...CATALOG, tools: [...CATALOG.tools, ...tools] })).toEqual([]);
});

test('the same list gives the same records', () => {
  expect(importListings(listings, CATALOG)).toEqual({ tools, refused });
});

test('a text that is no list of products is refused', () => {
  expect(() => listingsOf('{')).toThrow('CATALOG_INVALID (reason: not JSON)');
  expect(() => listingsOf('{}')).toThrow('CATALOG_INVALID (reason: not a list of products)');
});

test.each([
  ['empty-shell', undefined, 'no usable name is left'],
  ['farreach', undefined, 'listed twice; the first counts'],
  ['anydesk', undefined, 'our own record anydesk wins'],
  ['connectwise-control', undefined, 'our own record screenconnect has its names and wins'],
  ['putty', undefined, 'out of scope: it lets nobody else control this machine'],
  ['', undefined, 'no name to make an id of'],
  ['everyday-names', 'dwm.exe', 'a name that every machine or any program has'],
  ['everyday-names', 'mstsc.exe', 'a name that every machine or any program has'],
  ['everyday-names', 'agent*.exe', 'a name that every machine or any program has'],
  ['everyday-names', '*.exe', 'a pattern with fewer than four literal characters'],
  ['prose-junk', 'requires sign up', 'no program of Windows, and no path'],
  ['prose-junk', 'This installs a modified server and cannot be blocked by its name', 'prose'],
  ['prose-junk', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'a hash'],
  ['prose-junk', 'g2mhost.exee', 'no program of Windows, and no path'],
  ['prose-junk', 'nxservice*.ese', 'no program of Windows, and no path'],
  ['prose-junk', 'libeay32.dll', 'no program of Windows, and no path'],
  ['prose-junk', '<random>.exe', 'a placeholder, or a pattern in another dialect'],
  ['prose-junk', 'relay-[a-f0-9]{8}.exe', 'a placeholder, or a pattern in another dialect'],
  ['prose-junk', '*\\JunkReach\\*', 'a star in a path'],
  ['prose-junk', '%TEMP%\\junk.log', 'a variable'],
  ['shared-two', 'sharedwinvncx.exe', 'belongs to shared-one'],
  ['wrong-owner', 'rustdesk*.exe', 'belongs to rustdesk'],
  ['old-keys', '<random>', 'a placeholder, or a pattern in another dialect'],
])('refuses of %j the name %j: %s', (record, what, why) => {
  expect(refused).toContainEqual(what === undefined ? { record, why } : { record, what, why });
});

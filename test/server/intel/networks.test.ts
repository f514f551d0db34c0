import { expect, test } from 'vitest';
import { NETWORKS, networkKind } from '../../../server/intel/networks.ts';
import { overrideSchema } from '../../../server/intel/override-table.ts';
import { OVERRIDES } from '../../../server/intel/overrides.ts';

test('no network is in two groups', () => {
  const numbers = NETWORKS.flatMap(({ networks }) => Object.keys(networks));
  const exits = NETWORKS.filter(({ networkClass }) => ['vpn', 'hosting'].includes(networkClass));
  expect(exits.flatMap(({ networks }) => Object.keys(networks)).length).toBeGreaterThanOrEqual(80);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test.each([
  ['Example Web Hosting Ltd', 'hosting'],
  ['Example Data Centers, Inc.', 'hosting'],
  ['Example VPS', 'hosting'],
  ['Example Mobile', 'mobile'],
])('%s is hosting by name', (org, networkClass) => {
  expect(networkKind(64500, org)).toMatchObject({
    networkClass,
    by: 'name',
    confidence: 'unconfirmed',
    source: `only the name of AS64500, ${org}`,
  });
});

test.each(['Example Cloud Insurance', 'Example Server Manufacturing', 'Example Broadband', ''])(
  '"%s" tells nothing',
  (org) => {
    expect(networkKind(64500, org)).toBeUndefined();
  },
);

test('our own overrides follow the schema that operators are held to', () => {
  for (const override of OVERRIDES) expect(overrideSchema.safeParse(override).error).toBeUndefined();
});

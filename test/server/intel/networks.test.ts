import { expect, test } from 'vitest';
import { NETWORKS, networkKind } from '../../../server/intel/networks.ts';
import { overrideSchema } from '../../../server/intel/override-table.ts';
import { OVERRIDES } from '../../../server/intel/overrides.ts';

test('no network is in two groups', () => {
  const numbers = NETWORKS.flatMap(({ networks }) => Object.keys(networks));
  expect(numbers.length).toBeGreaterThanOrEqual(60);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test.each([
  ['Example Web Hosting Ltd', 'hosting'],
  ['Example Data Centers, Inc.', 'hosting'],
  ['Example VPS', 'hosting'],
])('%s is hosting by name', (org, networkClass) => {
  expect(networkKind(64500, org)).toEqual({ networkClass, by: 'name' });
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

import { expect, test } from 'vitest';
import { parseAdditions, withAdditions } from '../../../shared/catalog/additions.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { CodedError } from '../../../shared/errors.ts';

const RECORD = {
  id: 'farreach',
  name: 'FarReach',
  vendor: 'FarReach',
  category: 'remote-access',
  direction: 'inbound',
  linux: { processes: ['farreachd'] },
  confidence: 'listed',
  sources: ['made up for this test'],
};

test('added records are part of the catalog, and of its version', () => {
  const { catalog, leftOut } = withAdditions(CATALOG, parse(RECORD));
  expect(catalog.tools).toHaveLength(CATALOG.tools.length + 1);
  expect(catalog.version).toBe(`${CATALOG.version}+1a2b`);
  expect(catalog.version.length).toBeLessThanOrEqual(32);
  expect(leftOut).toEqual([]);
});

test.each([
  ['the id', { ...RECORD, id: 'anydesk' }, 'anydesk'],
  ['a name', { ...RECORD, linux: { processes: ['anydesk'] } }, 'farreach'],
  ['by a pattern a pattern', { ...RECORD, windows: { processPatterns: ['AnyDesk*.exe'] } }, 'farreach'],
])('a record that takes %s of ours is left out, and told', (_, record, id) => {
  const { catalog, leftOut } = withAdditions(CATALOG, parse(record));
  expect(catalog.tools).toEqual(CATALOG.tools);
  expect(leftOut).toEqual([id]);
});

test.each([
  ['no JSON', '{', { reason: 'not JSON' }],
  ['another file', '{"policy":1}', {}],
  ['a field that is unknown', text({ ...RECORD, run: 'sh' }), { record: 'farreach' }],
  ['a record without an id', text({ name: 'x' }), { record: 'number 1' }],
  [
    'an everyday name',
    text({ ...RECORD, linux: { processes: ['sshd'] } }),
    { record: 'farreach', name: 'sshd' },
  ],
  ['an id twice', text(RECORD, RECORD), { record: 'farreach' }],
])('%s is refused, naming the record', (_, content, context) => {
  const error = thrownBy(() => parseAdditions(content));
  expect(error).toMatchObject({ code: 'CATALOG_INVALID', context });
});

function parse(...records: readonly unknown[]) {
  return parseAdditions(text(...records));
}

function text(...records: readonly unknown[]): string {
  return JSON.stringify({ version: '1a2b', tools: records });
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(CodedError);
    return error;
  }
  return undefined;
}

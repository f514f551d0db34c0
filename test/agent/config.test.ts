import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enrollmentTokenOf, readConfig } from '../../agent/config.ts';
import { tempDir } from '../support/temp-dir.ts';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

const file = (settings: unknown) => writeFileSync(join(dir.path, 'agent.json'), JSON.stringify(settings));

test('everything has a default', () => {
  expect(readConfig({ dataDir: dir.path }, {})).toEqual({
    dataDir: dir.path,
    logLevel: 'info',
    spoolMegabytes: 64,
    ledgerDays: 30,
  });
});

test('the file counts more than a default, the environment more than the file, a flag most', () => {
  file({ logLevel: 'debug', spoolMegabytes: 8, ledgerDays: 7 });
  const env = {
    FARHAND_AGENT_DATA_DIR: dir.path,
    FARHAND_AGENT_LOG_LEVEL: 'warn',
    FARHAND_AGENT_LEDGER_DAYS: '9',
  };
  expect(readConfig({ logLevel: 'error' }, env)).toMatchObject({
    dataDir: dir.path,
    logLevel: 'error',
    spoolMegabytes: 8,
    ledgerDays: 9,
  });
});

test.each([
  ['in the file', { spoolMegabyte: 8 }, {}, 'spoolMegabytes'],
  ['in the environment', {}, { FARHAND_AGENT_LOGLEVEL: 'info' }, 'FARHAND_AGENT_LOG_LEVEL'],
])('an unknown name %s is refused with the nearest valid one', (_where, settings, env, nearest) => {
  file(settings);
  expect(() => readConfig({ dataDir: dir.path }, env)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', context: expect.objectContaining({ nearest }) }),
  );
});

test.each([
  ['a wrong value', '{"logLevel":"loud"}'],
  ['a number out of range', '{"spoolMegabytes":0}'],
  ['no JSON', '{'],
  ['no object', '[]'],
])('%s in the file is refused', (_what, text) => {
  writeFileSync(join(dir.path, 'agent.json'), text);
  expect(() => readConfig({ dataDir: dir.path }, {})).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});

test('the enrollment token may come from the environment', () => {
  expect(enrollmentTokenOf({ FARHAND_ENROLLMENT_TOKEN: 'fh1.x' })).toBe('fh1.x');
  expect(enrollmentTokenOf({})).toBe(undefined);
});

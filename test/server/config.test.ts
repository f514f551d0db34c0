import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../server/config.ts';
import { temporaryFolder } from '../support/collector.ts';

const folder = temporaryFolder();
const file = join(folder, 'farhand.json');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(settings: object): string {
  writeFileSync(file, JSON.stringify(settings));
  return file;
}

test('flags stand above the environment, the environment above the file, the file above the defaults', () => {
  const sources = {
    file: written({ port: 1001, maxConnections: 5 }),
    env: { FARHAND_PORT: '1002', FARHAND_LOG_LEVEL: 'warn' },
  };
  expect(readConfig(sources)).toMatchObject({
    port: 1002,
    maxConnections: 5,
    logLevel: 'warn',
    host: '127.0.0.1',
  });
  expect(readConfig({ ...sources, flags: { port: '1003' } }).port).toBe(1003);
});

test.each([
  ['an unknown key, with the nearest valid one', { maxConnection: 5 }, 'did you mean maxConnections?'],
  ['a value out of bounds, with its key', { port: 70_000 }, 'port:'],
  ['an address off loopback without TLS', { host: '0.0.0.0' }, 'must not speak in the clear'],
  ['a proxy that is not named', { host: '0.0.0.0', behindProxy: true }, 'behindProxy needs the addresses'],
  ['a PROXY protocol of nobody', { proxyProtocol: true }, 'proxyProtocol needs the addresses'],
])('%s is refused by name', (_, settings, says) => {
  expect(() => readConfig({ file: written(settings), env: {} })).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(says) }),
  );
});

test('without a file named, the one in the data folder counts', () => {
  written({ port: 1004 });
  expect(readConfig({ env: {}, flags: { dataDir: folder } }).port).toBe(1004);
  expect(readConfig({ env: { FARHAND_DATA_DIR: folder } }).port).toBe(1004);
  expect(readConfig({ env: {}, flags: { dataDir: join(folder, 'other') } }).port).toBe(7443);
});

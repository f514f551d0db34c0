import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pinOf } from '../../../agent/dial.ts';
import { enroll } from '../../../agent/enroll.ts';
import { startCollector } from '../../../server/collector.ts';
import { init } from '../../../server/commands/init.ts';
import { token as tokenCommand } from '../../../server/commands/token.ts';
import { readConfig } from '../../../server/config.ts';
import { openLog } from '../../../server/log.ts';
import { said } from '../../support/said.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { decodedToken, tokenFor } from '../../support/token.ts';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

const initialized = (...args: readonly string[]) => said(init, [...args, '--data-dir', dir.path]);
const made = () => initialized('--host', 'collector.example', '--address', '127.0.0.1', '--port', '7443');
const fileIn = (name: string) => join(dir.path, 'tls', name);
const certificate = (name = 'collector.pem') => new X509Certificate(readFileSync(fileIn(name)));

function changeConfig(change: object): void {
  const path = join(dir.path, 'farhand.json');
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

test('makes an authority and a certificate that it vouches for, readable by their owner only', async () => {
  const stdout = await made();
  expect(readdirSync(join(dir.path, 'tls')).toSorted()).toEqual([
    'authority.key',
    'authority.pem',
    'collector.key',
    'collector.pem',
  ]);
  for (const name of readdirSync(join(dir.path, 'tls')))
    expect(statSync(fileIn(name)).mode & 0o777, name).toBe(0o600);
  expect(certificate().subjectAltName).toBe('DNS:collector.example, IP Address:127.0.0.1');
  expect(certificate().checkIssued(certificate('authority.pem'))).toBe(true);
  expect(certificate().verify(certificate('authority.pem').publicKey)).toBe(true);
  expect(stdout).toContain(pinOf(certificate()));
  expect(stdout).toContain(`farhand serve --data-dir ${dir.path}`);
});

test.each([
  [[]],
  [['--host', 'not a name']],
  [['--address', 'collector.example']],
  [['--host', 'collector.example', '--port', '70000']],
])('%j is not understood and writes nothing', async (args) => {
  await expect(initialized(...args)).rejects.toMatchObject({ code: 'USAGE' });
  expect(readdirSync(dir.path)).toEqual([]);
});

test('overwrites nothing', async () => {
  await made();
  const before = readFileSync(fileIn('collector.key'));
  await expect(made()).rejects.toMatchObject({ code: 'ALREADY_INITIALIZED' });
  expect(readFileSync(fileIn('collector.key'))).toEqual(before);
});

test('a collector serves the certificate, an agent enrolls by its pin, and a renewed one has the same pin', async () => {
  await made();
  changeConfig({ host: '127.0.0.1', port: 0, publicUrl: undefined });
  const config = readConfig({ env: {}, flags: { dataDir: dir.path } });
  await using collector = await startCollector({ config, log: openLog('silent') });
  changeConfig({ publicUrl: collector.url });
  const token = await said(tokenCommand, ['create', '--data-dir', dir.path]);
  const before = certificate();
  expect(decodedToken(token)).toMatchObject({ url: collector.url, pin: pinOf(before) });

  const wrong = tokenFor(token, { pin: Buffer.alloc(32, 9).toString('base64url') });
  using laptop = tempDir();
  await expect(enroll(wrong, laptop.path)).rejects.toMatchObject({
    code: 'COLLECTOR_UNTRUSTED',
    context: { reason: 'the pin does not fit' },
  });
  expect(await enroll(token, laptop.path)).toMatch(/^ep-/);

  await initialized('--renew');
  expect(certificate().serialNumber).not.toBe(before.serialNumber);
  expect([pinOf(certificate()), certificate().subjectAltName]).toEqual([
    pinOf(before),
    before.subjectAltName,
  ]);
});

test('other names may be given when it is renewed', async () => {
  await made();
  await initialized('--renew', '--host', 'other.example');
  expect(certificate().subjectAltName).toBe('DNS:other.example');
});

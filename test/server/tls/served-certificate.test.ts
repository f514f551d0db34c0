import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pinOf } from '../../../agent/dial.ts';
import { readCertificate, watchCertificate } from '../../../server/tls/served-certificate.ts';
import { DAY } from '../../../shared/time.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { testLog } from '../../support/test-log.ts';
import { until } from '../../support/until.ts';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

type Pems = Awaited<ReturnType<typeof selfSigned>>;

function files() {
  return { cert: join(dir.path, 'cert.pem'), key: join(dir.path, 'key.pem') };
}

/** In place at once, so that the watch never sees one file without the other for longer than a look. */
function put({ cert, key }: Pick<Pems, 'cert' | 'key'>): void {
  for (const [path, text] of [
    [files().key, key],
    [files().cert, cert],
  ] as const) {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  }
}

async function pinAt(port: number, version?: 'TLSv1.1'): Promise<string | undefined> {
  const versions = version ? ({ minVersion: version, maxVersion: version } as const) : {};
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...versions });
  try {
    await once(socket, 'secureConnect');
    return pinOf(socket.getPeerX509Certificate());
  } finally {
    socket.destroy();
  }
}

async function serving(log = testLog()) {
  const served = readCertificate(files());
  const server = createServer(served.secure).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const watch = watchCertificate({
    ...{ files: files(), served, server, clock: Date.now, log: log.log },
    everyMs: 5,
  });
  return {
    port: (server.address() as AddressInfo).port,
    state: watch.state,
    lines: log.lines,
    async [Symbol.asyncDispose]() {
      watch[Symbol.dispose]();
      server.close();
      await once(server, 'close');
    },
  };
}

test('changed files are served without a restart, and what cannot be served is left', async () => {
  const [first, second] = [await selfSigned(), await selfSigned()];
  put(first);
  await using server = await serving();
  expect(await pinAt(server.port)).toBe(first.pin);

  writeFileSync(files().cert, first.cert.slice(0, 100));
  await until(() => server.lines.length > 0);
  expect(server.lines).toMatchObject([{ level: 'warn', fields: { err: { code: 'CONFIG_INVALID' } } }]);
  expect(await pinAt(server.port)).toBe(first.pin);

  put(second);
  await until(async () => (await pinAt(server.port)) === second.pin);
  expect(server.state()).toMatchObject({ pin: second.pin, expiring: false });
  expect(server.lines.at(-1)).toMatchObject({ level: 'warn', fields: { pin: second.pin } });
});

test('what is older than TLS 1.2 is not spoken', async () => {
  put(await selfSigned());
  await using server = await serving();
  await expect(pinAt(server.port, 'TLSv1.1')).rejects.toThrow(/protocol|version/i);
});

test.each([
  [380, 'warn', false],
  [400, 'error', true],
])('a certificate of %d days ago is told in the log once, and in the state', async (days, level, expired) => {
  put(await selfSigned({ now: Date.now() - days * DAY }));
  await using server = await serving();
  expect(server.state().expiring).toBe(true);
  expect(server.lines).toMatchObject([{ level, fields: { expired } }]);
});

test('a key of another certificate is refused by name', async () => {
  put({ cert: (await selfSigned()).cert, key: (await selfSigned()).key });
  expect(() => readCertificate(files())).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', context: expect.objectContaining({ key: 'tls' }) }),
  );
});

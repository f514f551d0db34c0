import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { enroll, parseToken } from '../../agent/enroll.ts';
import { readIdentity } from '../../agent/identity.ts';
import { TOKEN_PREFIX } from '../../shared/enrollment.ts';
import { startPeer } from '../support/collector-peer.ts';
import { isSignedBy } from '../support/seal-check.ts';
import { expired, selfSigned } from '../support/self-signed.ts';
import { tempDir } from '../support/temp-dir.ts';

let dir: ReturnType<typeof tempDir>;
beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

function tokenOf(token: object): string {
  return TOKEN_PREFIX + Buffer.from(JSON.stringify(token)).toString('base64url');
}

const secret = Buffer.alloc(32, 1).toString('base64url');
const expires = '2099-01-01T00:00:00.000Z';

test('registers a new key and keeps the identity', async () => {
  await using peer = await startPeer();

  const endpoint = await enroll(`  ${peer.token()}\n`, dir.path);

  const identity = readIdentity(dir.path);
  expect(identity).toMatchObject({ endpoint, url: peer.url });
  expect(isSignedBy(peer.keys.get(endpoint) ?? '', 'x', identity.sign('x'))).toBe(true);
});

test('enrolls over TLS when the key of the collector is the pinned one', async () => {
  await using peer = await startPeer({ tls: await selfSigned() });
  await enroll(peer.token(), dir.path);
  expect(readIdentity(dir.path).pin).toMatch(/^[\w-]{43}$/);
});

test('takes the pinned key also when its certificate has ended: that is for the collector to tell', async () => {
  await using peer = await startPeer({ tls: await expired() });
  expect(await enroll(peer.token(), dir.path)).toMatch(/./);
});

test('tells nothing to a collector with another key than the pinned one', async () => {
  await using peer = await startPeer({ tls: { ...(await selfSigned()), pin: (await selfSigned()).pin } });
  await expect(enroll(peer.token(), dir.path)).rejects.toMatchObject({ code: 'COLLECTOR_UNTRUSTED' });
  expect(peer.keys.size).toBe(0);
  expect(readdirSync(dir.path)).toEqual([]);
});

test('asks the certificate authorities where no key is pinned', async () => {
  const { key, cert } = await selfSigned();
  await using peer = await startPeer({ tls: { key, cert } });
  await expect(enroll(peer.token(), dir.path)).rejects.toMatchObject({ code: 'COLLECTOR_UNTRUSTED' });
});

test.each([
  ['plain http beyond loopback', { url: 'http://192.0.2.1:7000', secret, expires }],
  ['a pin without TLS', { url: 'http://127.0.0.1:7000', pin: secret, secret, expires }],
])('refuses %s', async (_what, token) => {
  await expect(enroll(tokenOf(token), dir.path)).rejects.toMatchObject({ code: 'COLLECTOR_INSECURE' });
});

test('says with the code of the collector that a token was used up', async () => {
  await using peer = await startPeer();
  const token = peer.token();
  await enroll(token, dir.path);
  using other = tempDir();
  await expect(enroll(token, other.path)).rejects.toMatchObject({ code: 'ENROLLMENT_TOKEN_USED' });
});

test('spends no token on a folder that already has an identity', async () => {
  await using peer = await startPeer();
  await enroll(peer.token(), dir.path);
  await expect(enroll(peer.token(), dir.path)).rejects.toMatchObject({ code: 'ALREADY_ENROLLED' });
  expect(peer.keys.size).toBe(1);
});

test('says that nobody answers', async () => {
  const peer = await startPeer();
  const token = peer.token();
  await peer[Symbol.asyncDispose]();
  await expect(enroll(token, dir.path)).rejects.toMatchObject({ code: 'ENROLLMENT_FAILED' });
});

test.each([
  'fh1.',
  'fh2.abc',
  'fh1.%%%',
  tokenOf({ url: 'ftp://example.com', secret, expires }),
  tokenOf({ url: 'https://example.com', secret, expires, more: 1 }),
])('refuses %s as a token', (text) => {
  expect(() => parseToken(text)).toThrow(expect.objectContaining({ code: 'ENROLLMENT_TOKEN_INVALID' }));
});

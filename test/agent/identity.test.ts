import { createHmac } from 'node:crypto';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { closeToOthers, newKeys, readIdentity, writeIdentity } from '../../agent/identity.ts';
import { keyedHashSchema } from '../../shared/ids.ts';
import { isSignedBy } from '../support/seal-check.ts';
import { tempDir } from '../support/temp-dir.ts';

const { publicKey, privateKey } = newKeys();
const organizationKey = Buffer.alloc(32, 7).toString('base64url');
const file = { endpoint: 'laptop-1', url: 'http://127.0.0.1:7000', organizationKey, privateKey };
let dir: ReturnType<typeof tempDir>;

beforeEach(() => {
  dir = tempDir();
});
afterEach(() => dir[Symbol.dispose]());

test('the identity can be read by its owner alone', () => {
  writeIdentity(dir.path, file);
  expect(statSync(join(dir.path, 'identity.json')).mode & 0o777).toBe(0o600);
});

test('a key that others could read is closed to them, and that is said', () => {
  writeIdentity(dir.path, file);
  expect(closeToOthers(dir.path)).toBe(false);
  chmodSync(join(dir.path, 'identity.json'), 0o644);
  expect(closeToOthers(dir.path)).toBe(true);
  expect(statSync(join(dir.path, 'identity.json')).mode & 0o777).toBe(0o600);
});

test('signs with the enrolled key', () => {
  writeIdentity(dir.path, file);
  const identity = readIdentity(dir.path);
  expect(isSignedBy(publicKey, 'a message', identity.sign('a message'))).toBe(true);
  expect(isSignedBy(publicKey, 'another message', identity.sign('a message'))).toBe(false);
});

test('hashes under the key of the organization, cut to 16 bytes', () => {
  writeIdentity(dir.path, file);
  const whole = createHmac('sha256', Buffer.alloc(32, 7)).update('00:00:5e:00:53:01').digest('hex');
  const hash = readIdentity(dir.path).keyedHash('00:00:5e:00:53:01');
  expect(hash).toBe(whole.slice(0, 32));
  expect(keyedHashSchema.safeParse(hash).success).toBe(true);
});

test('an identity is never overwritten', () => {
  writeIdentity(dir.path, file);
  expect(() => writeIdentity(dir.path, file)).toThrow(expect.objectContaining({ code: 'ALREADY_ENROLLED' }));
});

test('a missing identity is named as such', () => {
  expect(() => readIdentity(dir.path)).toThrow(expect.objectContaining({ code: 'NOT_ENROLLED' }));
});

test('a damaged identity is refused without showing any of it', () => {
  writeFileSync(join(dir.path, 'identity.json'), `{"privateKey": "${privateKey}`);
  try {
    readIdentity(dir.path);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE' });
    expect(String(error)).not.toContain(privateKey.slice(0, 8));
  }
});

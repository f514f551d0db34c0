import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseToken } from '../../agent/enroll.ts';
import { privateKeyOf } from '../../agent/identity.ts';
import { enrollRequestSchema, enrollResponseSchema } from '../../shared/enrollment.ts';
import {
  type Hello,
  parseAgentFrame,
  parseCollectorFrame,
  parsePayload,
  type SealedBatch,
} from '../../shared/frames.ts';
import { helloText } from '../../shared/seal.ts';
import { genesisHash, isSignedBy, sealProblem } from '../support/seal-check.ts';

const readme = readFileSync('shared/README.md', 'utf8');
const [, block = ''] = /```\n(token [^`]+)```/.exec(readme) ?? [];
const [setup = '', talk = ''] = block.split('GET /agent\n');
const frames = talk
  .trimEnd()
  .split(/\n(?=[→←])/)
  .map((frame) => ({ from: frame[0], text: frame.slice(2).replace('\n  ', '\n') }));

test('the worked enrollment follows the schemas', () => {
  const token = parseToken(/fh1\.\S+/.exec(setup)?.[0] ?? '');
  const request = enrollRequestSchema.parse(JSON.parse(/^→ (.*)$/m.exec(setup)?.[1] ?? ''));
  enrollResponseSchema.parse(JSON.parse(/^← (.*)$/m.exec(setup)?.[1] ?? ''));
  expect(request.secret).toBe(token.secret);
});

test('the worked conversation verifies, frame for frame', () => {
  const { publicKey } = JSON.parse(/^→ (.*)$/m.exec(setup)?.[1] ?? '');
  const sent = frames.filter(({ from }) => from === '→').map(({ text }) => parseAgentFrame(text));
  const heard = frames.filter(({ from }) => from === '←').map(({ text }) => parseCollectorFrame(text));
  expect(heard.map(({ type }) => type)).toEqual(['challenge', 'welcome', 'ack', 'ack', 'bye']);

  const [hello, ...batches] = sent as [Hello, ...SealedBatch[]];
  const nonce = heard[0]?.type === 'challenge' ? heard[0].nonce : '';
  expect(isSignedBy(publicKey, helloText(nonce, hello), hello.signature)).toBe(true);

  let head = genesisHash(hello.endpoint, hello.epoch);
  for (const batch of batches) {
    expect(sealProblem(batch, head, publicKey)).toBe(undefined);
    parsePayload(batch);
    head = batch.header.hash;
  }
  expect(batches).toHaveLength(2);
});

test('the worked conversation is signed by the key that the text names', () => {
  const seed = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
  const key = privateKeyOf(
    Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]).toString('base64url'),
  );
  const { publicKey } = JSON.parse(/^→ (.*)$/m.exec(setup)?.[1] ?? '');
  expect(isSignedBy(publicKey, 'text', sign(null, Buffer.from('text'), key).toString('base64url'))).toBe(
    true,
  );
});

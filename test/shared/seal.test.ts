import { expect, test } from 'vitest';
import { genesisText, helloText } from '../../shared/seal.ts';

const HELLO = {
  endpoint: 'laptop-1',
  epoch: '00112233445566778899aabbccddeeff',
  oldest: 3,
  next: 8,
  boot: 'boot-1',
  agent: '0.1.0',
  time: '2026-03-02T14:00:00.000Z',
};

// Both texts are the wire protocol: a client in another language writes them byte for byte.
test('an epoch begins with its endpoint and its name', () => {
  expect(genesisText('laptop-1', HELLO.epoch)).toBe(
    'farhand.v1 epoch\nlaptop-1\n00112233445566778899aabbccddeeff',
  );
});

test('a hello is signed over the nonce and every field', () => {
  expect(helloText('nonce', HELLO)).toBe(
    'farhand.v1 hello\nnonce\nlaptop-1\n00112233445566778899aabbccddeeff\n3\n8\nboot-1\n0.1.0\n2026-03-02T14:00:00.000Z',
  );
});

test('a change of the nonce or of any field changes what is signed', () => {
  const texts = [
    helloText('nonce', HELLO),
    helloText('other', HELLO),
    ...Object.keys(HELLO).map((field) => helloText('nonce', { ...HELLO, [field]: 9 })),
  ];
  expect(new Set(texts).size).toBe(texts.length);
});

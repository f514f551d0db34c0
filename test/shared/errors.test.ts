import { expect, test } from 'vitest';
import { CodedError, codedError, ERRORS } from '../../shared/errors.ts';

const kinds = Object.entries(ERRORS);

test('an error says its code, its facts and what to do', () => {
  const error = new CodedError('STORE_LOCKED', { path: '/var/lib/farhand' });
  expect(error.message).toBe(
    'STORE_LOCKED (path: /var/lib/farhand). Another process uses this data folder; stop it or choose another --data-dir.',
  );
  expect(error.kind).toBe(ERRORS.STORE_LOCKED);
});

test('an error without facts has no empty brackets', () => {
  expect(new CodedError('USAGE').message).toBe('USAGE. See --help.');
});

test('a coded error stays itself', () => {
  const error = new CodedError('NOT_FOUND');
  expect(codedError(error, 'INTERNAL')).toBe(error);
});

test('any other thrown thing becomes the cause of a coded error', () => {
  const thrown = new TypeError('no such thing');
  const error = codedError(thrown);
  expect(error.code).toBe('INTERNAL');
  expect(error.cause).toBe(thrown);
  expect(error.context).toEqual({ reason: 'no such thing' });
  expect(codedError('just text', 'COMMAND_FAILED').context).toEqual({ reason: 'just text' });
});

test.for(kinds)('%s can be sent as HTTP status and as WebSocket close code', ([, { http, close }]) => {
  expect(http).toBeGreaterThanOrEqual(400);
  expect(http).toBeLessThan(600);
  // RFC 6455, 7.4: 1000–1015 have meanings of the protocol, 4000–4999 belong to the application.
  expect((close >= 1000 && close <= 1015) || (close >= 4000 && close <= 4999)).toBe(true);
});

test.for(kinds)('%s says what to do in a whole sentence', ([, { hint }]) => {
  expect(hint).toMatch(/^[A-Z].*[.]$/s);
});

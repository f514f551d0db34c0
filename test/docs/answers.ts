import { isFinal } from '../../agent/backoff.ts';
import { ERRORS, type ErrorCode } from '../../shared/errors.ts';

/** What a collector may answer an agent, in the order in which it happens. */
const ENROLLING: readonly ErrorCode[] = [
  'REQUEST_INVALID',
  'TOO_MANY_REQUESTS',
  'ENROLLMENT_TOKEN_INVALID',
  'ENROLLMENT_TOKEN_EXPIRED',
  'ENROLLMENT_TOKEN_USED',
  'ENROLLMENT_TOKEN_REVOKED',
  'ENROLLMENT_KEY_KNOWN',
  'PLAIN_CONNECTION',
];
const SPEAKING: readonly ErrorCode[] = [
  'HELLO_TIMEOUT',
  'ENDPOINT_UNKNOWN',
  'ENDPOINT_REVOKED',
  'SIGNATURE_INVALID',
  'FRAME_INVALID',
  'FRAME_TOO_LARGE',
  'FRAME_UNEXPECTED',
  'BATCH_INVALID',
  'BATCH_OUT_OF_ORDER',
  'CHAIN_BREAK',
  'EPOCH_CLOSED',
  'ENDPOINT_CLONED',
  'CONNECTION_REPLACED',
  'OVERLOADED',
  'TOO_MANY_REQUESTS',
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'SHUTTING_DOWN',
  'INTERNAL',
];

const OWN_WAYS: Partial<Record<ErrorCode, string>> = {
  CHAIN_BREAK: 'begin a new epoch, then come back as usual',
  EPOCH_CLOSED: 'begin a new epoch, then come back as usual',
  ENDPOINT_CLONED: 'begin a new epoch, then come back as usual',
  CONNECTION_REPLACED:
    'come back after 30 to 90 s: another process has this identity, or an old connection was left over',
};

export function answerRows(): readonly (readonly (string | number)[])[] {
  const enrolling = ENROLLING.map((code) =>
    row(code, ERRORS[code].http, 'tell the person, keep nothing; the token was not used up by this'),
  );
  const speaking = SPEAKING.map((code) => row(code, ERRORS[code].close, OWN_WAYS[code] ?? usual(code)));
  return [
    ...enrolling,
    ...speaking,
    ['any other', '', 'come back as usual', 'Newer collectors may know more codes.'],
  ];
}

function row(code: ErrorCode, status: number, way: string): readonly (string | number)[] {
  return [`\`${code}\``, status, way, ERRORS[code].hint];
}

function usual(code: ErrorCode): string {
  return isFinal(code) ? 'keep everything, try once an hour, call for a person' : 'come back as usual';
}

import { expect, test } from 'vitest';
import {
  type BatchHeader,
  batchFrame,
  LIMITS,
  parseAgentFrame,
  parseCollectorFrame,
  parsePayload,
} from '../../shared/frames.ts';
import type { Observation } from '../../shared/observation.ts';
import { SAMPLES } from '../support/facts.ts';

const AT = '2026-03-02T14:00:00.000Z';
const HEADER: BatchHeader = {
  type: 'batch',
  epoch: '00112233445566778899aabbccddeeff',
  first: 5,
  last: 7,
  prev: 'p'.repeat(43),
  hash: 'h'.repeat(43),
  signature: 's'.repeat(86),
};
const HELLO = {
  type: 'hello',
  endpoint: 'laptop-1',
  epoch: HEADER.epoch,
  oldest: 1,
  next: 8,
  boot: 'boot-1',
  agent: '0.1.0',
  time: AT,
  signature: HEADER.signature,
};

test('a batch arrives as it was sent, its payload to the byte', () => {
  const payload = '{ "any text":\n"ä",  with line ends\n}';
  expect(parseAgentFrame(batchFrame({ header: HEADER, payload }))).toEqual({ header: HEADER, payload });
});

test('a frame of one line is a hello', () => {
  expect(parseAgentFrame(JSON.stringify(HELLO))).toEqual(HELLO);
});

test.for([
  ['text that is not JSON', 'hello'],
  ['nothing', ''],
  ['a hello with a field that nobody knows', JSON.stringify({ ...HELLO, command: 'run' })],
  ['a hello whose numbers start at nothing', JSON.stringify({ ...HELLO, oldest: 0 })],
  ['a batch header alone', JSON.stringify(HEADER)],
  ['a header that is not JSON', 'batch\n{}'],
  ['a hash of the wrong length', `${JSON.stringify({ ...HEADER, hash: 'h'.repeat(42) })}\n{}`],
] as const)('%s is an invalid frame', ([, frame]) => {
  expect(() => parseAgentFrame(frame)).toThrow(expect.objectContaining({ code: 'FRAME_INVALID' }));
});

test('a payload holds its observations from first to last', () => {
  const payload = payloadOf([5, 6, 7]);
  expect(parsePayload({ header: HEADER, payload })).toEqual(JSON.parse(payload));
});

test.for([
  ['out of order', [6, 5, 7]],
  ['with a hole', [5, 7, 8]],
  ['twice', [5, 5, 6]],
  ['too few', [5, 6]],
  ['too many', [5, 6, 7, 8]],
  ['from elsewhere', [8, 9, 10]],
  ['none', []],
] as const)('observations that come %s are an invalid batch', ([, seqs]) => {
  const payload = payloadOf(seqs);
  expect(() => parsePayload({ header: HEADER, payload })).toThrow(
    expect.objectContaining({ code: 'BATCH_INVALID' }),
  );
});

test('a batch takes as many observations as its limit and not one more', () => {
  const header = (last: number) => ({ ...HEADER, first: 1, last });
  const seqs = (length: number) => Array.from({ length }, (_, index) => index + 1);
  const most = LIMITS.batchObservations;
  expect(parsePayload({ header: header(most), payload: payloadOf(seqs(most)) }).observations).toHaveLength(
    most,
  );
  expect(() => parsePayload({ header: header(most + 1), payload: payloadOf(seqs(most + 1)) })).toThrow(
    expect.objectContaining({ code: 'BATCH_INVALID' }),
  );
});

test('an invalid payload names the field', () => {
  const payload = JSON.stringify({ sealedAt: AT, observations: [{ ...observation(5), at: 'noon' }] });
  expect(() => parsePayload({ header: HEADER, payload })).toThrow('observations.0.at');
});

test('an ended observation carries an identity and nothing more', () => {
  const ended = (fact: object) =>
    JSON.stringify({ sealedAt: AT, observations: [{ seq: 5, at: AT, mono: 1, change: 'ended', fact }] });
  const header = { ...HEADER, last: 5 };
  const identity = { kind: 'tool', tool: 'anydesk', state: 'running' };
  expect(parsePayload({ header, payload: ended(identity) }).observations).toHaveLength(1);
  expect(() => parsePayload({ header, payload: ended(SAMPLES.tool) })).toThrow('BATCH_INVALID');
});

test('the collector has no frame that could make an agent do something', () => {
  for (const type of ['command', 'run', 'exec', 'shell', 'file', 'update'])
    expect(() => parseCollectorFrame(JSON.stringify({ type }))).toThrow(
      expect.objectContaining({ code: 'FRAME_INVALID' }),
    );
});

test('a collector frame arrives as it was sent', () => {
  const ack = { type: 'ack', epoch: HEADER.epoch, through: 7, credits: 4 };
  expect(parseCollectorFrame(JSON.stringify(ack))).toEqual(ack);
});

function payloadOf(seqs: readonly number[]): string {
  return JSON.stringify({ sealedAt: AT, observations: seqs.map(observation) });
}

function observation(seq: number): Observation {
  return { seq, at: AT, mono: seq, change: 'began', fact: SAMPLES.clock };
}

import { expect, test } from 'vitest';
import { fuzzInProcess } from './fuzz.ts';
import { fuzzSockets } from './fuzz-sockets.ts';
import { runLaboratory } from './laboratory.ts';
import { isGood, textOf } from './print.ts';

test('nothing is lost and nothing stored twice while processes die, connections break and disks fill', {
  timeout: 120_000,
}, async () => {
  const report = await runLaboratory({
    seed: 3,
    endpoints: 3,
    agents: 0,
    perSecond: 300,
    faultsPerSecond: 8,
    enough: ({ faults, told }) => faults >= 25 && told >= 300,
    drainMs: 60_000,
  });
  expect(isGood(report), textOf(report)).toBe(true);
  expect(report.account.sent).toBeGreaterThanOrEqual(300);
});

test('mutated frames are refused by a code, and none of them passes for signed', () => {
  const { frames, refused, genuine, forged, crashes } = fuzzInProcess({ seed: 1, frames: 4_000 });
  expect({ forged, crashes }).toEqual({ forged: [], crashes: [] });
  expect(Object.values(refused).reduce((sum, count) => sum + count, genuine)).toBe(frames);
});

test('a collector outlives mutated frames on its sockets, and keeps only what was signed', {
  timeout: 90_000,
}, async () => {
  const { answers, forged, isAlive } = await fuzzSockets({ seed: 1, frames: 120 });
  expect({ forged, isAlive }).toEqual({ forged: [], isAlive: true });
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['SIGNATURE_INVALID', 'FRAME_INVALID']));
});

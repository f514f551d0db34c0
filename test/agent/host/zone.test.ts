import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { offsetIn } from '../../../agent/host/linux/zone.ts';
import { utcOffsetMinutes } from '../../../shared/time.ts';

const FOLDER = '/usr/share/zoneinfo';
const ZONES = [
  'America/Chicago',
  'Asia/Kolkata',
  'Etc/UTC',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Asia/Pyongyang',
];
const MOMENTS = [
  '2026-03-02T14:00:00.000Z',
  '2026-07-01T12:00:00.000Z',
  '2026-11-01T06:59:59.000Z',
  '2026-11-01T07:00:00.000Z',
];

test.skipIf(!existsSync(FOLDER))('compiled zones tell the offset that Node knows, or none', ({ skip }) => {
  const known = ZONES.flatMap((zone) =>
    MOMENTS.flatMap((at) => {
      const path = join(FOLDER, zone);
      const offset = existsSync(path) ? offsetIn(readFileSync(path), at) : undefined;
      return offset === undefined ? [] : [{ zone, at, offset }];
    }),
  );
  if (known.length === 0) skip('no zone file of this system has the years to come');
  for (const { zone, at, offset } of known)
    expect({ zone, at, offset }).toEqual({ zone, at, offset: utcOffsetMinutes(zone, at) });
});

test('what lies behind the last change of a zone with summer time is not guessed', () => {
  expect(
    offsetIn(zoneOf([[0, 3_600]], 'CET-1CEST,M3.5.0,M10.5.0/3'), '2026-03-02T14:00:00.000Z'),
  ).toBeUndefined();
  expect(offsetIn(zoneOf([[0, 3_600]], 'CET-1'), '2026-03-02T14:00:00.000Z')).toBe(60);
});

test('a damaged or truncated zone tells nothing', () => {
  const whole = zoneOf([[0, 3_600]], 'CET-1');
  for (let length = 0; length < whole.length - 10; length += 1)
    expect(offsetIn(whole.subarray(0, length), '2026-03-02T14:00:00.000Z')).toBeUndefined();
  expect(
    offsetIn(Buffer.from('TZif2'.padEnd(200, '\u00ff'), 'latin1'), '2026-03-02T14:00:00.000Z'),
  ).toBeUndefined();
});

/** Version 2 with an empty first block: changes as second and offset, each a type of its own. */
function zoneOf(changes: readonly (readonly [number, number])[], rule: string): Buffer {
  const header = (times: number, types: number) => {
    const made = Buffer.alloc(44);
    made.write('TZif2');
    made.writeUInt32BE(times, 32);
    made.writeUInt32BE(types, 36);
    return made;
  };
  const times = Buffer.alloc(changes.length * 8);
  const types = Buffer.alloc(changes.length * 6);
  for (const [index, [second, offset]] of changes.entries()) {
    times.writeBigInt64BE(BigInt(second), index * 8);
    types.writeInt32BE(offset, index * 6);
  }
  const indexes = Buffer.from(changes.map((_, index) => index));
  return Buffer.concat([
    header(0, 0),
    header(changes.length, changes.length),
    times,
    indexes,
    types,
    Buffer.from(`\n${rule}\n`),
  ]);
}

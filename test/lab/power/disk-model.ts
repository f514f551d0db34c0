import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../random.ts';
import type { Step } from './trace.ts';

type Change = Extract<Step, { does: 'write' | 'truncate' }>;

interface File {
  /** What a power cut cannot take away. */
  durable: Buffer;
  /** What was written since the last sync: any part of it may be lost. */
  pending: Change[];
}

/** A disk that keeps what was synced, and of the rest what it likes. */
export interface DiskModel {
  /** The next step of the trace; steps come in order. */
  take(step: Step): void;
  /** The disk as it may be after the power went now: files in `folder`. */
  cut(folder: string, random: Random): void;
}

const SECTOR = 512;

/** The index of a write-ahead log is memory shared by processes, not storage: it is made anew after a cut. */
const NOT_STORED = /-shm$/;

export function diskModel(): DiskModel {
  const files = new Map<string, File>();
  return {
    take(step) {
      if (step.does === 'say' || NOT_STORED.test(step.file)) return;
      const file = files.get(step.file) ?? { durable: Buffer.alloc(0), pending: [] };
      files.set(step.file, file);
      if (step.does === 'remove') files.delete(step.file);
      else if (step.does === 'sync') {
        file.durable = file.pending.reduce(applied, file.durable);
        file.pending = [];
      } else file.pending.push(step);
    },
    cut(folder, random) {
      const survives = random.pick([0, 0.1, 0.5, 0.9, 1]);
      for (const [name, { durable, pending }] of files) {
        const left = pending.flatMap((change) => {
          if (!random.chance(survives)) return [];
          return change.does === 'write' && random.chance(0.2) ? [torn(change, random)] : [change];
        });
        writeFileSync(join(folder, name), left.reduce(applied, durable));
      }
    },
  };
}

function applied(before: Buffer, change: Change): Buffer {
  if (change.does === 'truncate') return Buffer.concat([before.subarray(0, change.size)]);
  const { at, bytes } = change;
  const after = Buffer.alloc(Math.max(before.length, at + bytes.length));
  before.copy(after);
  bytes.copy(after, at);
  return after;
}

/** Only some of the sectors of a write arrived. */
function torn({ bytes, ...change }: Extract<Step, { does: 'write' }>, random: Random): Change {
  const sectors = Math.ceil(bytes.length / SECTOR);
  return { ...change, bytes: bytes.subarray(0, random.between(0, sectors) * SECTOR) };
}

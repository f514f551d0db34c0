import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { readAsns } from '../../server/intel/asns.ts';
import { openIntel } from '../../server/intel/intel.ts';
import { residentMb } from './process.ts';

// Run by `lookup.ts` in a process of its own: prints the resident memory that opening adds, and its peak.
const [what] = process.argv.slice(2);
const settle = async (): Promise<number> => {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return residentMb(process.pid);
};

// Touches all of the space for young objects, as any running collector has.
let young: object[] = [];
for (let index = 0; index < 5_000_000; index += 1) {
  young.push({ index });
  if (young.length === 300_000) young = [];
}
young = [];

const before = await settle();
const open = async (): Promise<{
  readonly lookup?: ((ip: string) => unknown) | undefined;
  readonly table?: unknown;
}> => {
  if (what === 'asns') return { table: await readAsns() };
  return openIntel({
    log: pino({ level: 'silent' }),
    ...(what === 'none' ? { cityDb: '/nonexistent' } : {}),
  });
};
const opened = await open();
for (let index = 0; index < 50_000; index += 1)
  opened.lookup?.(`${1 + (index % 223)}.${(index * 7) % 256}.${(index * 13) % 256}.1`);
const after = await settle();
const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8')) ?? [];
process.stdout.write(
  JSON.stringify({
    resident: after - before,
    peak: Number(peak) / 1024 - before,
    kept: Object.keys(opened).length + young.length,
  }),
);

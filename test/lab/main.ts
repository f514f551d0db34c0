import { parseArgs } from 'node:util';
import { fuzzInProcess } from './fuzz.ts';
import { fuzzSockets } from './fuzz-sockets.ts';
import { keepReport } from './keep-report.ts';
import { runLaboratory } from './laboratory.ts';
import { isGood, textOf } from './print.ts';

// npm run lab -- --seed 1 --minutes 2       faults for that long
// npm run lab -- --seed 1 --faults 1000     until there were so many, and --observations 200000
// npm run lab -- --seed 1 --fuzz 1000000    wrong frames; one in a hundred of them over real sockets
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '2' },
    faults: { type: 'string' },
    fuzz: { type: 'string' },
    observations: { type: 'string', default: '200000' },
    endpoints: { type: 'string', default: '20' },
    agents: { type: 'string', default: '2' },
    rate: { type: 'string', default: '1500' },
    without: { type: 'string', default: '' },
  },
});
const seed = Number(values.seed);
process.stdout.write(`seed ${seed}\n`);
process.exitCode = (await (values.fuzz === undefined ? faults() : fuzz(Number(values.fuzz)))) ? 0 : 1;

async function faults(): Promise<boolean> {
  const most = values.faults === undefined ? undefined : Number(values.faults);
  const seconds = Number(values.minutes) * 60;
  const observations = Number(values.observations);
  const report = await runLaboratory({
    seed,
    endpoints: Number(values.endpoints),
    agents: Number(values.agents),
    perSecond: Number(values.rate),
    faultsPerSecond: 6,
    without: values.without.split(','),
    enough: (state) =>
      most === undefined ? state.seconds >= seconds : state.faults >= most && state.told >= observations,
    onProgress: (state) =>
      process.stderr.write(
        `${Math.round(state.seconds)} s, ${state.faults} faults, ${state.told} observations\n`,
      ),
    drainMs: 150_000,
  });
  process.stdout.write(`${textOf(report)}\n${keepReport(`seed-${seed}`, report)}\n`);
  return isGood(report);
}

async function fuzz(frames: number): Promise<boolean> {
  const inside = fuzzInProcess({ seed, frames });
  process.stdout.write(`in process: ${JSON.stringify({ ...inside, perSecond: rate(inside) }, null, 1)}\n`);
  const outside = await fuzzSockets({ seed, frames: Math.ceil(frames / 100) });
  process.stdout.write(
    `over sockets: ${JSON.stringify({ ...outside, perSecond: rate(outside) }, null, 1)}\n`,
  );
  const [first = 0] = inside.heap;
  const grew = (inside.heap.at(-1) ?? 0) > first * 1.2 + 2;
  return (
    ![inside.forged, inside.crashes, outside.forged].some(({ length }) => length > 0) &&
    outside.isAlive &&
    !grew
  );
}

function rate({ frames, seconds }: { readonly frames: number; readonly seconds: number }): number {
  return Math.round(frames / seconds);
}

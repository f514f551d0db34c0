import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runLaboratory } from './laboratory.ts';
import { isGood, textOf } from './print.ts';

// npm run lab -- --seed 1 --minutes 2       faults for that long
// npm run lab -- --seed 1 --faults 1000     until there were so many, and --observations 200000
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '2' },
    faults: { type: 'string' },
    observations: { type: 'string', default: '200000' },
    endpoints: { type: 'string', default: '20' },
    agents: { type: 'string', default: '2' },
    drain: { type: 'string', default: '120' },
    rate: { type: 'string', default: '1500' },
  },
});

const seed = Number(values.seed);
const faults = values.faults === undefined ? undefined : Number(values.faults);
const seconds = Number(values.minutes) * 60;
const observations = Number(values.observations);

process.stdout.write(`seed ${seed}\n`);
const report = await runLaboratory({
  seed,
  endpoints: Number(values.endpoints),
  agents: Number(values.agents),
  perSecond: Number(values.rate),
  faultsPerSecond: 6,
  enough: (state) =>
    faults === undefined ? state.seconds >= seconds : state.faults >= faults && state.told >= observations,
  onProgress: (state) =>
    process.stderr.write(
      `${Math.round(state.seconds)} s, ${state.faults} faults, ${state.told} observations\n`,
    ),
  drainMs: Number(values.drain) * 1_000,
});
mkdirSync('.cache/lab', { recursive: true });
const path = `.cache/lab/seed-${seed}.json`;
writeFileSync(path, JSON.stringify(report, null, 1));
process.stdout.write(`${textOf(report)}\nschedule and account: ${path}\n`);
process.exitCode = isGood(report) ? 0 : 1;

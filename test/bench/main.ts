import { parseArgs } from 'node:util';
import { benchDetection } from './detection.ts';
import { benchFeed } from './feed.ts';
import { benchFootprint } from './footprint.ts';
import { benchIngest } from './ingest.ts';
import { table } from './measure.ts';

const BENCHES = {
  ingest: benchIngest,
  feed: benchFeed,
  detection: benchDetection,
  footprint: benchFootprint,
} as const;

// `npm run bench -- feed ingest` runs these alone. Together they take about eight minutes, five of them the agent's footprint.
const { positionals } = parseArgs({ allowPositionals: true });
for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stdout.write(`\n${name}\n\n${table(await bench())}\n`);
}

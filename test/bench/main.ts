import { parseArgs } from 'node:util';
import { benchConnections } from './connections.ts';
import { benchConsole } from './console.ts';
import { benchDetection } from './detection.ts';
import { benchFeed } from './feed.ts';
import { benchFootprint } from './footprint.ts';
import { benchIngest } from './ingest.ts';
import { benchJudging } from './judging.ts';
import { benchLookup } from './lookup.ts';
import { benchMatching } from './matching.ts';
import { table } from './measure.ts';
import { benchPack } from './pack.ts';

// `npm run bench -- feed ingest` runs these alone. Together they take about a quarter of an hour, ten minutes of it
// (--minutes) the agent's footprint.
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    agents: { type: 'string', default: '10000' },
    /** Where the console's large store is kept for the next time. */
    store: { type: 'string' },
  },
});

const BENCHES = {
  ingest: benchIngest,
  connections: () => benchConnections({ agents: Number(values.agents) }),
  feed: benchFeed,
  console: () => benchConsole({ store: values.store }),
  detection: benchDetection,
  judging: benchJudging,
  matching: benchMatching,
  lookup: benchLookup,
  pack: benchPack,
  footprint: () => benchFootprint({ minutes: Number(values.minutes) }),
} as const;

for (const [name, bench] of Object.entries(BENCHES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  process.stdout.write(`\n${name}\n\n${table(await bench())}\n`);
}

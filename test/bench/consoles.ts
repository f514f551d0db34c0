import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import * as z from 'zod';
import { temporaryFolder } from '../support/collector.ts';
import { run } from '../support/processes.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';
import { cpuSeconds, load, residentMb } from './process.ts';

const CONSOLES = 200;
const ACCOUNTS = 10;
const PER_SECOND = 500;
const SECONDS = 20;
const TOTAL = PER_SECOND * SECONDS;

/** Consoles on the feed of one collector while findings are written: whether all see all, how soon, and at what price. */
export async function consolesOnTheFeed(): Promise<readonly Measurement[]> {
  const folder = temporaryFolder();
  await using server = await run(
    ['test/bench/console-server.ts', folder, '', String(ACCOUNTS), String(TOTAL), String(PER_SECOND)],
    { ready: true },
  );
  const { url, cookies } = whereSchema.parse(JSON.parse(server.firstLine));
  const readers = await Promise.all(
    Array.from({ length: CONSOLES }, (_, index) => follow(url, cookies[index % cookies.length] ?? '')),
  );
  const idleMb = residentMb(server.pid);
  let mostMb = idleMb;
  const looking = setInterval(() => (mostMb = Math.max(mostMb, residentMb(server.pid))), 250);
  const [cpu, start] = [cpuSeconds(server.pid), performance.now()];
  server.child.kill('SIGUSR2');
  const seen = await Promise.all(readers.map(({ waits }) => waits));
  const took = (performance.now() - start) / 1_000;
  clearInterval(looking);
  const waits = seen.flat();
  const whole = seen.filter(({ length }) => length === TOTAL).length;
  const used = ((cpuSeconds(server.pid) - cpu) / took) * 100;
  rmSync(folder, { recursive: true });
  return [
    {
      what: `${CONSOLES} consoles, ${rounded(PER_SECOND)} findings a second for ${rounded(took, 1)} s: saw each once, in order`,
      result: `${whole} of ${CONSOLES}`,
      goal: 'all',
    },
    { what: 'from before the commit to the console, median', result: `${rounded(median(waits))} ms` },
    { what: 'the same, p99', result: `${rounded(quantile(waits, 0.99))} ms`, goal: '≤ 1,000 ms' },
    {
      what: `resident memory of the server: before, at most meanwhile; CPU (load ${load()})`,
      result: `${rounded(idleMb)} MB, ${rounded(mostMb)} MB; ${rounded(used)} % of a core`,
    },
  ];
}

export const whereSchema = z.object({ url: z.string(), cookies: z.array(z.string()) });

interface Following {
  /** How old each entry was when it came, once all came. Fails at a hole or a repeat. */
  readonly waits: Promise<readonly number[]>;
}

async function follow(url: string, cookie: string): Promise<Following> {
  const request = get(`${url}/api/v1/feed?cursor=0`, { headers: { cookie }, agent: false });
  const [answer]: IncomingMessage[] = await once(request, 'response');
  if (answer?.statusCode !== 200) throw new Error(`the feed answered ${answer?.statusCode}`);
  const read = async () => {
    const waits: number[] = [];
    let text = '';
    for await (const piece of answer) {
      const now = Date.now();
      const events = (text + String(piece)).split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const [, id, at = ''] = /^id: (\d+)\ndata: {"id":\d+,"at":"([^"]+)"/.exec(event) ?? [];
        if (id === undefined) continue;
        if (Number(id) !== waits.length + 1) throw new Error(`entry ${id} came after ${waits.length}`);
        waits.push(now - Date.parse(at));
      }
      if (waits.length === TOTAL) break;
    }
    request.destroy();
    return waits;
  };
  return { waits: read() };
}

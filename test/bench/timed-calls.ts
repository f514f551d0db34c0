import { callsOfViews } from './calls.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';
import { cpuSeconds, load } from './process.ts';

const TIMES = 40;
const GOAL_MS = 100;

interface Target {
  readonly url: string;
  readonly cookie: string;
  readonly pid: number;
}

interface Call {
  readonly path: string;
  readonly p50: number;
  readonly p95: number;
  readonly cpu: number;
  readonly kb: number;
}

/** How long each call of the views takes, and how much processor time of the server. */
export async function timedCalls(target: Target): Promise<readonly Measurement[]> {
  const done: Call[] = [];
  const refused: string[] = [];
  for (const path of [...callsOfViews().values()].flat()) {
    const { status } = await timed(path, 0, target);
    if (status === 200) done.push(await measured(path, target));
    else refused.push(`${path} ${status}`);
  }
  done.sort((a, b) => b.p95 - a.p95);
  for (const { path, p50, p95, cpu, kb } of done)
    process.stderr.write(
      `${path}: ${rounded(p50, 1)} / ${rounded(p95, 1)} ms, CPU ${rounded(cpu, 1)} ms, ${rounded(kb)} kB\n`,
    );
  const slow = done.filter(({ p95 }) => p95 > GOAL_MS);
  return [
    {
      what: `${done.length} calls of views (load ${load()}): slower than ${GOAL_MS} ms at p95`,
      result: told(slow) || 'none',
      goal: 'none',
    },
    {
      what: 'the slowest of the others',
      result: told(done.filter((each) => !slow.includes(each)).slice(0, 5)),
    },
    ...(refused.length > 0 ? [{ what: 'refused', result: refused.join('; ') }] : []),
  ];
}

function told(of: readonly Call[]): string {
  return of.map(({ path, p95, cpu }) => `\`${path}\` ${rounded(p95)} ms (CPU ${rounded(cpu)})`).join('; ');
}

async function measured(path: string, target: Target): Promise<Call> {
  const waits: number[] = [];
  let bytes = 0;
  const cpu = cpuSeconds(target.pid);
  for (let time = 1; time <= TIMES; time += 1) {
    const answer = await timed(path, time, target);
    waits.push(answer.ms);
    bytes = Math.max(bytes, answer.bytes);
  }
  return {
    path,
    p50: median(waits),
    p95: quantile(waits, 0.95),
    cpu: ((cpuSeconds(target.pid) - cpu) * 1_000) / TIMES,
    kb: bytes / 1_024,
  };
}

async function timed(path: string, time: number, { url, cookie }: Target) {
  const start = performance.now();
  const answer = await fetch(`${url}/api/v1${path.replaceAll('#', String((time * 37) % 2_000))}`, {
    headers: { cookie },
  });
  const body = await answer.arrayBuffer();
  return { status: answer.status, ms: performance.now() - start, bytes: body.byteLength };
}

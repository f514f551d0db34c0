import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildConsole } from '../support/browser.ts';
import { temporaryFolder } from '../support/collector.ts';
import { run } from '../support/processes.ts';
import { consolesOnTheFeed, whereSchema } from './consoles.ts';
import { inBrowser } from './in-browser.ts';
import { LARGE, makeLargeStore } from './large-store.ts';
import { type Measurement, rounded } from './measure.ts';
import { timedCalls } from './timed-calls.ts';

/**
 * Every call of every view, the console's first view, its keys, and how much of it is loaded, before a large store; then many
 * consoles on the feed. `store` keeps what was written for the next time.
 */
export async function benchConsole({ store }: { readonly store?: string | undefined }) {
  const folder = store ?? temporaryFolder();
  const rows: Measurement[] = [await written(folder)];
  {
    using built = await buildConsole();
    await using server = await run(['test/bench/console-server.ts', folder, built.dir], { ready: true });
    const { url, cookies } = whereSchema.parse(JSON.parse(server.firstLine));
    const target = { url, cookie: cookies[0] ?? '', pid: server.pid };
    rows.push(...(await timedCalls(target)));
    rows.push(...(await inBrowser(target)));
    rows.push(...bundle(built.dir));
  }
  if (store === undefined) rmSync(folder, { recursive: true });
  return [...rows, ...(await consolesOnTheFeed())];
}

async function written(folder: string): Promise<Measurement> {
  const { endpoints, spans, findings } = LARGE;
  const what = `store of ${rounded(endpoints)} endpoints, ${rounded(endpoints * spans)} spans, ${rounded(findings)} findings`;
  if (existsSync(join(folder, 'collector.sqlite'))) return { what, result: 'there already' };
  mkdirSync(folder, { recursive: true });
  const started = performance.now();
  await makeLargeStore(folder);
  return { what, result: `written in ${rounded((performance.now() - started) / 1_000)} s` };
}

function bundle(dir: string): readonly Measurement[] {
  const html = readFileSync(join(dir, 'index.html'), 'utf8');
  const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, path = '']) => path);
  const kb = (path: string) => gzipSync(readFileSync(join(dir, path))).byteLength / 1_024;
  const sum = (paths: readonly string[]) => paths.map(kb).reduce((all, each) => all + each, 0);
  const later = readdirSync(join(dir, 'assets'))
    .map((name) => `assets/${name}`)
    .filter((path) => !first.includes(path));
  const largest = later.toSorted((a, b) => kb(b) - kb(a)).slice(0, 5);
  return [
    { what: 'console on first load, gzip', result: `${rounded(sum(first))} kB`, goal: '≤ 250 kB' },
    {
      what: `by route, ${later.length} files, gzip`,
      result: `${rounded(sum(later))} kB${largest.map((path) => `; ${path.slice(7).replace(/-[\w-]{8}\./, '.')} ${rounded(kb(path))}`).join('')}`,
    },
  ];
}

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import * as z from 'zod';
import { buildConsole, openBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/collector.ts';
import { run } from '../support/processes.ts';
import { LARGE, makeLargeStore } from './large-store.ts';
import { type Measurement, median, quantile, rounded } from './measure.ts';

const TIMES = 40;
const LOADS = 5;
const KEYS = 40;

/** Every call of every view, the console's first view, its keys, and how much of it is loaded, before a large store. */
export async function benchConsole(): Promise<readonly Measurement[]> {
  const folder = temporaryFolder();
  const started = performance.now();
  await makeLargeStore(folder);
  const madeMs = performance.now() - started;
  using built = await buildConsole();
  await using server = await run(['test/bench/console-server.ts', folder, built.dir], { ready: true });
  const { url, cookies } = whereSchema.parse(JSON.parse(server.firstLine));
  const [cookie = ''] = cookies;
  const { endpoints, spans, findings } = LARGE;
  const rows: Measurement[] = [
    {
      what: `store of ${rounded(endpoints)} endpoints, ${rounded(endpoints * spans)} spans, ${rounded(findings)} findings, written in`,
      result: `${rounded(madeMs / 1_000)} s`,
    },
  ];
  for (const [what, paths] of Object.entries(VIEWS)) rows.push(await view(what, paths, { url, cookie }));
  const browser = await openBrowser();
  try {
    rows.push(...(await inBrowser(browser, { url, cookie })));
  } finally {
    await browser.close();
  }
  rmSync(folder, { recursive: true });
  return [...rows, ...bundle(built.dir)];
}

export const whereSchema = z.object({ url: z.string(), cookies: z.array(z.string()) });

interface Target {
  readonly url: string;
  readonly cookie: string;
}

/** What each view asks for; `#` stands for a number that changes from call to call. */
const VIEWS: Readonly<Record<string, readonly string[]>> = {
  frame: ['/session', '/status'],
  queue: [
    '/findings/counts?outcome=open',
    '/saved-filters',
    '/search?q=person-12',
    '/findings?limit=100',
    '/findings?outcome=open&limit=100',
    '/findings?outcome=open&severity=critical&limit=100',
    '/findings?severity=low&limit=100',
    '/findings?rule=shared-egress&limit=100',
    '/findings?outcome=open&contractor=person-#&limit=100',
  ],
  finding: ['/findings/finding-#'],
  cases: ['/cases?limit=100', '/cases?status=new&limit=100'],
  case: ['/cases/case-#'],
  contractors: [
    '/contractors?limit=100',
    '/contractors?q=person-12',
    '/contractor-labels?ids=person-1,person-2',
  ],
  contractor: [
    '/contractors/person-#',
    '/contractors/person-#/timeline',
    '/contractors/person-#/hours',
    '/contractors/person-#/places',
    '/contractors/person-#/as-of?at=2026-02-20T12:00:00.000Z',
  ],
  endpoints: ['/endpoints?limit=100', '/endpoints?limit=100&state=offline', '/fleet', '/tokens'],
  endpoint: ['/endpoints/ep-#', '/endpoints/ep-#/gaps?limit=50', '/endpoints/ep-#/silences'],
  gaps: ['/gaps?limit=100', '/gaps?cause=clock-step&limit=100'],
  places: [
    '/places?limit=50',
    '/places?visitors=2&kind=egress',
    '/places/graph',
    '/places/egress:203.0.113.7',
    '/places/egress:198.51.100.7',
  ],
  rules: ['/rules', '/rules/shared-egress', '/advisories', '/proposals'],
  overview: ['/overview', '/overview/world', '/checklist'],
};

async function view(what: string, paths: readonly string[], target: Target): Promise<Measurement> {
  const calls: string[] = [];
  const refused: string[] = [];
  let worst = 0;
  for (const path of paths) {
    const waits: number[] = [];
    const first = await timed(path, 0, target);
    let { bytes } = first;
    if (first.status !== 200) {
      refused.push(`${path} ${first.status}`);
      continue;
    }
    const times = first.ms > 1_000 ? 4 : TIMES;
    for (let time = 1; time <= times; time += 1) {
      const answer = await timed(path, time, target);
      waits.push(answer.ms);
      bytes = answer.bytes;
    }
    const p95 = quantile(waits, 0.95);
    worst = Math.max(worst, p95);
    calls.push(`${path} ${rounded(median(waits))} / ${rounded(p95)} ms (${rounded(bytes / 1_024)} kB)`);
  }
  process.stderr.write(`${calls.join('\n')}\n`);
  const unanswered = refused.map((each) => `; ${each}`).join('');
  return {
    what: `${what}: slowest call, p95`,
    result: `${rounded(worst)} ms${unanswered}`,
    goal: '≤ 100 ms',
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

async function inBrowser(browser: Browser, target: Target): Promise<readonly Measurement[]> {
  const loads: number[] = [];
  for (let load = 0; load < LOADS; load += 1) {
    const context = await signedIn(browser, target);
    const page = await context.newPage();
    await page.goto(target.url, { waitUntil: 'commit' });
    loads.push(await usableMs(page));
    await context.close();
  }
  const context = await signedIn(browser, target);
  const page = await context.newPage();
  await page.goto(target.url);
  await usableMs(page);
  const keys = await paintsAfter(page, async () => {
    for (let key = 0; key < KEYS; key += 1) await page.keyboard.press(key < KEYS * 0.75 ? 'j' : 'k');
  });
  const filter = await paintsAfter(page, async () => {
    await page
      .getByRole('button', { name: /severity/i })
      .first()
      .click();
    await page.getByRole('option').nth(1).click();
    await page.locator('[data-row-link]').first().waitFor();
  });
  await context.close();
  return [
    {
      what: `first view usable on a cold cache, median of ${LOADS}`,
      result: `${rounded(median(loads))} ms`,
      goal: '≤ 1,500 ms',
    },
    { what: 'j and k in the queue to the next paint, slowest', result: longest(keys), goal: '≤ 100 ms' },
    { what: 'a filter of the queue to the next paint, slowest', result: longest(filter), goal: '≤ 100 ms' },
  ];
}

async function signedIn(browser: Browser, { url, cookie }: Target): Promise<BrowserContext> {
  const [name = '', value = ''] = cookie.split('=');
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  await context.addCookies([{ name, value, url }]);
  await context.addInitScript({ content: WATCH });
  return context;
}

/** Since the navigation began, when the first row of the queue had been painted. */
function usableMs(page: Page): Promise<number> {
  return page.evaluate<number>(USABLE);
}

/** How long each interaction took that was not painted within 16 ms. */
async function paintsAfter(page: Page, interact: () => Promise<void>): Promise<readonly number[]> {
  const before = await page.evaluate<number>('interactions.length');
  await interact();
  const all = await page.evaluate<number[]>(
    'new Promise((resolve) => requestIdleCallback(() => resolve(interactions)))',
  );
  return all.slice(before);
}

// Run in the page, so they are text: nothing here knows of windows.
const WATCH = `
  window.interactions = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.interactionId) interactions.push(entry.duration);
  }).observe({ type: 'event', buffered: true, durationThreshold: 16 });`;
const USABLE = `new Promise((resolve) => {
  const look = () =>
    document.querySelector('[data-row-link]')
      ? requestAnimationFrame(() => resolve(performance.now()))
      : requestAnimationFrame(look);
  look();
})`;

const longest = (durations: readonly number[]): string =>
  durations.length === 0 ? 'under 16 ms' : `${rounded(Math.max(...durations))} ms`;

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

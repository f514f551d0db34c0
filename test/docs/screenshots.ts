import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLog } from '../../server/log.ts';
import { DEMO_STORIES } from '../demo/stories.ts';
import { buildConsole, openBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/collector.ts';
import { startSimulation } from '../support/simulation.ts';

// Lives through the demo and pictures it: with a folder, every view in every size and color; without, what the README shows.
const folderGiven = process.argv[2];
const target = folderGiven ?? join(import.meta.dirname, 'screenshots');
const README = ['queue-light', 'finding-light', 'case-dark'];
const VIEWS = [
  { name: 'queue', path: '/' },
  { name: 'finding', path: '/', open: /share one address/ },
  { name: 'cases', path: '/cases' },
  { name: 'case', path: '/cases', open: /and 2 others/ },
  { name: 'contractors', path: '/contractors' },
  { name: 'contractor', path: '/contractors/cole' },
  { name: 'endpoints', path: '/endpoints' },
  { name: 'endpoint', path: '/endpoints', open: /laptop-a/ },
] as const;
const SIZES = [
  { name: '', width: 1440, height: 900 },
  { name: '-phone', width: 390, height: 844 },
] as const;

const folder = temporaryFolder();
await mkdir(target, { recursive: true });
try {
  using built = await buildConsole();
  await using simulation = await startSimulation({
    stories: DEMO_STORIES.map((name) =>
      readFileSync(new URL(`../stories/${name}.jsonl`, import.meta.url), 'utf8'),
    ),
    folder,
    port: 0,
    log: openLog('error'),
    consoleDir: built.dir,
  });
  await simulation.live();
  const browser = await openBrowser();
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({
      colorScheme,
      timezoneId: 'UTC',
      viewport: { width: 1440, height: 900 },
    });
    const page = await context.newPage();
    await page.goto(await simulation.collector.signInLink('demo'));
    await page.locator('h1').waitFor();
    for (const { name: size, ...viewport } of SIZES) {
      await page.setViewportSize(viewport);
      for (const view of VIEWS) {
        const picture = `${view.name}${size}-${colorScheme}`;
        if (folderGiven === undefined && !README.includes(picture)) continue;
        await page.goto(simulation.collector.url + view.path);
        if ('open' in view) await page.getByRole('link', { name: view.open }).first().click();
        await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
        await page.screenshot({ path: join(target, `${picture}.png`) });
      }
    }
    await context.close();
  }
  await browser.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}

import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

/** A view of the console, as a path, and a link of it that leads on where the address is not known before. */
interface View {
  readonly name: string;
  readonly path: string;
  readonly open?: RegExp;
}

const VIEWS: readonly View[] = [
  { name: 'overview', path: '/overview' },
  { name: 'queue', path: '/' },
  { name: 'finding', path: '/', open: /share one address/ },
  { name: 'cases', path: '/cases' },
  { name: 'case', path: '/cases', open: /and 2 others/ },
  { name: 'contractors', path: '/contractors' },
  { name: 'contractor', path: '/contractors/jude' },
  { name: 'endpoints', path: '/endpoints' },
  { name: 'endpoint', path: '/endpoints', open: /laptop-lou/ },
  { name: 'tokens', path: '/endpoints/tokens' },
  { name: 'places', path: '/places' },
  { name: 'place', path: '/places', open: /203\.0\.113\.40/ },
  { name: 'rules', path: '/rules' },
  { name: 'rule', path: '/rules/several-remote-tools' },
  { name: 'coverage', path: '/rules/coverage' },
  { name: 'exceptions', path: '/exceptions' },
  { name: 'exception', path: '/exceptions', open: /^Exception$/ },
  { name: 'exception-new', path: '/exceptions/new' },
  { name: 'audit', path: '/audit' },
  { name: 'admin-roster', path: '/admin/roster' },
  { name: 'admin-accounts', path: '/admin/accounts' },
  { name: 'admin-collector', path: '/admin/collector' },
  { name: 'admin-actions', path: '/admin/actions' },
  { name: 'account', path: '/account' },
  { name: 'help', path: '/help' },
  { name: 'not-found', path: '/nowhere' },
];

const SIZES = [
  { name: '', width: 1440, height: 900 },
  { name: '-phone', width: 390, height: 844 },
] as const;

interface Album {
  readonly browser: Browser;
  readonly url: string;
  /** One per browser that signs in. */
  signInLink(): Promise<string>;
  readonly folder: string;
  /** Whether this picture is wanted. */
  readonly wants: (picture: string) => boolean;
  /** The page in its whole length, instead of what fits into the window. */
  readonly whole: boolean;
}

/** Pictures every view in every size and color. */
export async function picture(album: Album): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await album.browser.newContext({
      colorScheme,
      timezoneId: 'UTC',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(await album.signInLink());
    await page.locator('h1').waitFor();
    for (const { name: size, ...viewport } of SIZES) {
      await page.setViewportSize(viewport);
      for (const view of VIEWS) {
        const name = `${view.name}${size}-${colorScheme}`;
        if (!album.wants(name)) continue;
        await goTo(page, album.url, view);
        await page.screenshot({ path: join(album.folder, `${name}.png`), fullPage: album.whole });
      }
    }
    await context.close();
  }
}

/** Opens a view and waits until nothing of it is still loading. */
async function goTo(page: Page, url: string, { path, open }: View): Promise<void> {
  await page.goto(url + path);
  if (open) await page.getByRole('main').getByRole('link', { name: open }).first().click();
  await page.locator('h1').waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.waitForLoadState('networkidle', { timeout: 1_000 }).catch(() => undefined);
}

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { appendFeed, type FeedNews } from '../../server/store/feed.ts';
import type { Role } from '../../shared/account.ts';
import { instant } from '../../shared/time.ts';
import { openWorld, type World } from '../server/api/world.ts';
import { buildConsole, complaintsOf, type Listening, listen, openBrowser } from './browser.ts';
import { SEED_FINDINGS, seedFinding, seedFleet } from './seed.ts';

export interface Desk extends AsyncDisposable {
  readonly world: World;
  readonly page: Page;
  readonly url: string;
  readonly server: Listening;
  readonly complaints: readonly string[];
  tell(news: FeedNews): Promise<void>;
}

/** For a file of tests: one build of the console and one browser, and as many desks as its tests ask for. */
export function openOffice(): {
  /** Somebody before a seeded collector; signed in, and an administrator, unless told otherwise. */
  sitDown(options?: { readonly signedIn?: boolean; readonly role?: Role }): Promise<Desk>;
} {
  let built: Awaited<ReturnType<typeof buildConsole>>;
  let browser: Browser;
  beforeAll(async () => {
    [built, browser] = await Promise.all([buildConsole(), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    built[Symbol.dispose]();
  });

  const sitDown = async ({
    signedIn = true,
    role = 'admin',
  }: {
    signedIn?: boolean;
    role?: Role;
  } = {}): Promise<Desk> => {
    const stack = new AsyncDisposableStack();
    const world = stack.use(await openWorld({ consoleDir: built.dir }));
    await seedFleet(world.store.db);
    const server = stack.use(await listen(world.app));
    const { url } = server;
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'UTC' });
    stack.defer(() => context.close());
    context.setDefaultTimeout(8_000);
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    if (signedIn) {
      await page.goto(`${url}/sign-in#${await world.link(undefined, role)}`);
      await page.getByRole('link', { name: 'Nothing was declared' }).waitFor();
    }
    return {
      world,
      page,
      url,
      server,
      complaints,
      tell: async (news) => {
        await appendFeed(world.store.db, instant(world.now), [news]);
        world.store.feed.ring();
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  };
  return { sitDown };
}

export async function addFinding({ world, tell }: Desk, id: string, title: string): Promise<void> {
  const [model] = SEED_FINDINGS;
  if (!model) throw new Error('no finding to copy');
  const at = '2026-03-02T15:59:00.000Z';
  await seedFinding(world.store.db, { ...model, id, key: id, title, foundAt: at, updatedAt: at });
  await tell({ topic: 'finding', ref: id });
}

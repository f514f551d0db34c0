import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';
import type { SignInProvider } from '../../server/api/oidc.ts';
import { appendFeed, type FeedNews } from '../../server/store/feed.ts';
import type { Role } from '../../shared/account.ts';
import { instant } from '../../shared/time.ts';
import { openWorld, type World } from '../server/api/world.ts';
import { complaintsOf, type Listening, listen, openBrowser } from './browser.ts';
import { SEED_FINDINGS, seedFinding, seedFleet } from './seed.ts';

export interface Desk extends AsyncDisposable {
  readonly world: World;
  readonly page: Page;
  readonly url: string;
  readonly server: Listening;
  readonly complaints: readonly string[];
  tell(news: FeedNews): Promise<void>;
  /** Another person, signed in in a browser of their own; closed with the desk. */
  join(account: string, role?: Role): Promise<Page>;
}

export interface Seat {
  readonly signedIn?: boolean;
  readonly role?: Role;
  readonly provider?: SignInProvider;
}

/** For a file of tests: one browser, and as many desks as its tests ask for. */
export function openOffice(): {
  /** Somebody before a seeded collector; signed in, and an administrator, unless told otherwise. */
  sitDown(options?: Seat): Promise<Desk>;
  /** The built console, for a collector of one's own. */
  consoleDir(): string;
  /** A page in a browser of its own. */
  visit(): Promise<Page & AsyncDisposable>;
} {
  const consoleDir = inject('consoleDir');
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  const visit = async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, timezoneId: 'UTC' });
    context.setDefaultTimeout(8_000);
    const page = await context.newPage();
    return Object.assign(page, { [Symbol.asyncDispose]: () => context.close() });
  };
  const sitDown = async ({ signedIn = true, role = 'admin', provider }: Seat = {}): Promise<Desk> => {
    const stack = new AsyncDisposableStack();
    let url = '';
    const world = stack.use(
      await openWorld({
        consoleDir,
        publicUrl: () => url,
        ...(provider ? { provider } : {}),
      }),
    );
    await seedFleet(world.store.db);
    const server = stack.use(await listen(world.app));
    url = server.url;
    const page = stack.use(await visit());
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
      join: async (account, as = 'analyst') => {
        const other = stack.use(await visit());
        await other.goto(`${url}/sign-in#${await world.link(account, as)}`);
        await other.getByRole('link', { name: 'Nothing was declared' }).waitFor();
        return other;
      },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    };
  };
  return { sitDown, consoleDir: () => consoleDir, visit };
}

export async function addFinding({ world, tell }: Desk, id: string, title: string): Promise<void> {
  const [model] = SEED_FINDINGS;
  if (!model) throw new Error('no finding to copy');
  const at = '2026-03-02T15:59:00.000Z';
  await seedFinding(world.store.db, { ...model, id, key: id, title, foundAt: at, updatedAt: at });
  await tell({ topic: 'finding', ref: id });
}

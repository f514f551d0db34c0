import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { writeCases } from '../../server/store/cases.ts';
import { propose } from '../../server/store/proposals.ts';
import { instant } from '../../shared/time.ts';
import { type Desk, openOffice } from '../support/desk.ts';

const { sitDown } = openOffice();

const PATHS = [
  '/',
  '/overview',
  '/findings/f-place',
  '/cases',
  '/cases/case-1',
  '/contractors',
  '/contractors/ada',
  '/endpoints',
  '/endpoints/laptop-1',
  '/endpoints/tokens',
  '/places',
  '/places/egress%3A198.51.100.7',
  '/rules',
  '/rules/several-remote-tools',
  '/rules/coverage',
  '/exceptions',
  '/exceptions/new',
  '/audit',
  '/admin/roster',
  '/admin/accounts',
  '/admin/collector',
  '/admin/actions',
  '/account',
  '/help?term=family%3Atamper',
  '/nowhere',
];
/** Views that a viewer may not see. */
const FOR_OTHERS = [
  '/endpoints/tokens',
  '/exceptions/new',
  '/audit',
  '/admin/roster',
  '/admin/accounts',
  '/admin/collector',
  '/admin/actions',
];
/** What would change something. */
const OFFERS =
  /^(resolve|assign to|unassign|investigate|revoke|approve|reject|withdraw|add note|ask for|preview|make|choose a file)\b/i;
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

/** In the dark only colors differ, so only what is about colors is looked at again. */
const COLORS = ['color-contrast', 'link-in-text-block'];

test('no view breaks a rule of axe-core, light or dark, and none is wider than a phone', async () => {
  await using desk = await sitDown();
  await furnish(desk);
  const { page, url } = desk;
  const wrong: Record<string, unknown> = {};
  for (const path of PATHS) {
    await page.setViewportSize(WIDE);
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.goto(url + path);
    await ready(page);
    await page.evaluate(axe.source);
    const light = await violationsOn(page, {});
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await violationsOn(page, { runOnly: COLORS });
    await page.setViewportSize(NARROW);
    const tooWide = await overflowOf(page);
    if (light.length + dark.length > 0 || tooWide > 0) wrong[path] = { light, dark, tooWide };
  }
  expect(wrong).toEqual({});
}, 240_000);

test('a viewer finds nothing on any view that is refused to them, and is told so where the view itself is', async () => {
  await using desk = await sitDown();
  await furnish(desk);
  const page = await desk.join('vivian', 'viewer');
  const refused: string[] = [];
  page.on('response', (answer) => {
    if (answer.status() === 403) refused.push(answer.url());
  });
  for (const path of PATHS) {
    await page.goto(desk.url + path);
    await ready(page);
    if (FOR_OTHERS.includes(path)) await page.getByText('Your role does not include').waitFor();
    else expect(await page.getByText('Your role does not include').count(), path).toBe(0);
    const offered = page.getByRole('main').getByRole('button', { name: OFFERS });
    expect(await offered.allInnerTexts(), path).toEqual([]);
  }
  expect(refused).toEqual([]);
}, 240_000);

async function ready(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}

/** By how many pixels the page is wider than the window, once what is drawn to its size was drawn anew. */
async function overflowOf(page: Page): Promise<number> {
  const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
  await expect
    .poll(overflow, { timeout: 2_000 })
    .toBeLessThanOrEqual(0)
    .catch(() => undefined);
  return Number(await overflow());
}

/** Each with the elements that it is about. */
async function violationsOn(page: Page, options: axe.RunOptions): Promise<readonly string[]> {
  const given = JSON.stringify({ ...options, resultTypes: ['violations'] });
  const { violations, passes }: axe.AxeResults = await page.evaluate(`axe.run(${given})`);
  expect(passes.length).toBeGreaterThan(0);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  );
}

async function furnish({ world: { store, now } }: Desk): Promise<void> {
  const at = instant(now);
  const until = instant(now + 86_400_000);
  await store.db.transaction().execute(async (trx) => {
    await writeCases(trx, at, [
      {
        id: 'case-1',
        status: 'new',
        standing: true,
        severity: 'high',
        triggers: [{ by: 'critical', finding: 'f-tool' }],
        contractors: ['ada', 'ben'],
        findings: ['f-tool', 'f-place', 'f-hostile'],
        openedAt: at,
        updatedAt: at,
      },
    ]);
    const permission = { contractor: 'ada', tool: 'anydesk', from: at, until };
    await propose(
      trx,
      { change: { kind: 'exception', permission }, reason: 'for the help desk' },
      { actor: 'robin', source: '192.0.2.1', at },
    );
  });
}

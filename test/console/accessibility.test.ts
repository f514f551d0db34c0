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
  '/nowhere',
];
const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no view breaks a rule of axe-core in the ${colorScheme}, and none is wider than a phone`, async () => {
    await using desk = await sitDown();
    await furnish(desk);
    const { page, url } = desk;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const wrong: Record<string, unknown> = {};
    for (const path of PATHS) {
      await page.setViewportSize(WIDE);
      await page.goto(url + path);
      await ready(page);
      const violations = await violationsOn(page);
      await page.setViewportSize(NARROW);
      const tooWide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      if (violations.length > 0 || Number(tooWide) > 0) wrong[path] = { violations, tooWide };
    }
    expect(wrong).toEqual({});
  }, 120_000);
}

async function ready(page: Page): Promise<void> {
  await page.locator('main h1').waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
}

/** Each with the elements that it is about. */
async function violationsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations }: axe.AxeResults = await page.evaluate('axe.run()');
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

import { sql } from 'kysely';
import { pino } from 'pino';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { RULES } from '../../server/detect/rules/index.ts';
import { startDetector } from '../../server/detector/detector.ts';
import { markDirty } from '../../server/store/dirty.ts';
import { instant } from '../../shared/time.ts';
import { openOffice } from '../support/desk.ts';
import { HOSTILE } from '../support/seed.ts';

const { sitDown } = openOffice();

async function decide(page: Page, button: string, reason: string): Promise<void> {
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByRole('button', { name: button }).click();
  await dialog.waitFor({ state: 'detached' });
}

test('who asks for an exception may not approve it; another does, and the finding becomes expected before both', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  const { store } = world;
  await using detector = startDetector({
    store,
    clock: () => world.now,
    log: pino({ level: 'silent' }),
    rules: RULES,
  });
  // An agent that can look for tools, so that rules about them give a verdict.
  await store.db
    .updateTable('spans')
    .set({ fact: sql<string>`json_set(fact, '$.probes.tool', 'ok')` })
    .where('kind', '=', 'agent')
    .execute();
  await markDirty(store.db, instant(world.now), [{ scope: 'contractor', subject: 'ada' }]);
  store.dirty.ring();
  await detector.settled();
  const kit = await desk.join('kit');
  await kit.goto(`${url}/exceptions`);
  await kit.getByText('Nobody asked for an exception yet.').waitFor();

  await page.goto(`${url}/exceptions/new?contractor=ada&tool=anydesk`);
  await page.getByLabel('From').fill('2026-03-01T00:00');
  await page.getByLabel('Until').fill('2026-12-31T00:00');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText('becomes expected').first().waitFor();
  await page.getByLabel('Reason').fill(HOSTILE);
  await page.getByRole('button', { name: 'Ask for it' }).click();
  await page.getByText('You asked for this, so another person has to approve it').waitFor();
  expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  expect(await page.locator('img').count()).toBe(0);

  await decide(kit, 'Approve', 'checked with the help desk');
  await page.getByText('checked with the help desk').waitFor();
  const covered = page
    .getByRole('table', { name: 'Findings' })
    .getByRole('link', { name: 'Remote-access tool' });
  await covered.first().waitFor();
  await kit.getByRole('table', { name: 'Approved' }).getByRole('link', { name: 'AnyDesk' }).waitFor();
  await page.getByRole('button', { name: 'End early' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('the week is over');
  await page.getByRole('dialog').getByRole('button', { name: 'End it' }).click();
  await page.getByText('Ended by').waitFor();
  await kit.getByRole('table', { name: 'Over' }).getByRole('link', { name: 'AnyDesk' }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('other settings are tried on what is stored, asked for with a reason, and rejected with one', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  const kit = await desk.join('kit');
  await page.goto(`${url}/rules?q=missing-decl`);
  await page.getByRole('link', { name: 'Endpoint of a contractor who declared nothing' }).click();
  await page.waitForURL(`${url}/rules/missing-declaration`);
  const preview = page.getByRole('button', { name: 'Preview' });
  expect(await preview.isDisabled()).toBe(true);
  await page.getByRole('checkbox', { name: 'workHours' }).uncheck();
  await preview.click();
  await page.getByText('would be judged differently:').waitFor();
  await page
    .getByRole('list', { name: 'What would be judged differently' })
    .getByText('ben')
    .first()
    .waitFor();
  await page.getByLabel('Reason').fill('hours are not agreed here');
  await page.getByRole('button', { name: 'Ask for it' }).click();
  await page.getByText('parts = countries, timezone').waitFor();
  await page.getByRole('button', { name: 'Withdraw' }).waitFor();
  await kit.goto(`${url}/rules/missing-declaration`);
  await decide(kit, 'Reject', 'agree on them first');
  await page.getByText('agree on them first').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('a setting out of its limits is told so and cannot be tried', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/rules/several-remote-tools`);
  await page.getByLabel('vendors').fill('99');
  await page.getByText('2 to 10', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: 'Preview' }).isDisabled()).toBe(true);
});

test('a viewer reads exceptions and rules and is offered no change', async () => {
  await using desk = await sitDown({ role: 'viewer' });
  const { page, url } = desk;
  await page.goto(`${url}/exceptions`);
  await page.getByText('Nobody asked for an exception yet.').waitFor();
  expect(await page.getByRole('link', { name: 'Ask for an exception' }).count()).toBe(0);
  await page.goto(`${url}/rules/several-remote-tools`);
  await page.getByText('Analysts and administrators can ask for other settings.').waitFor();
  expect(await page.getByLabel('vendors').isDisabled()).toBe(true);
});

test('every indicator has rules or the reason why it has none', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/rules/coverage?answered=none`);
  const rows = page.getByRole('table', { name: 'Indicators' }).locator('tbody tr');
  await rows.first().waitFor();
  const reasons = await rows.locator('td:last-child').allInnerTexts();
  expect(reasons.length).toBeGreaterThan(5);
  expect(reasons.every((reason) => reason.length > 20)).toBe(true);
});

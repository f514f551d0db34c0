import { expect, test } from 'vitest';
import { writeCases } from '../../server/store/cases.ts';
import type { Case } from '../../shared/case.ts';
import { instant } from '../../shared/time.ts';
import { type Desk, openOffice } from '../support/desk.ts';

const { sitDown } = openOffice();

async function openCase({ world, page, url }: Desk): Promise<void> {
  const at = instant(world.now);
  const opened: Case = {
    id: 'case_1',
    status: 'new',
    standing: true,
    severity: 'critical',
    triggers: [{ by: 'critical', finding: 'f-place' }],
    contractors: ['ada', 'ben'],
    findings: ['f-tool', 'f-place'],
    openedAt: at,
    updatedAt: at,
  };
  await world.store.db.transaction().execute((trx) => writeCases(trx, at, [opened]));
  await page.goto(`${url}/cases/case_1`);
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
}

test('a case shows reckoning, evidence, what to check and who is joined by what', async () => {
  await using desk = await sitDown();
  const { page } = desk;
  await openCase(desk);
  const story = page.getByRole('list').filter({ has: page.locator('.story-head') });
  await story.getByRole('row', { name: 'running tool anydesk' }).first().waitFor();
  await story
    .getByRole('button', { name: /Show evidence/ })
    .first()
    .click();
  await story.getByText('Egress 198.51.100.7').first().waitFor();
  await page.getByText('Ask the help desk').waitFor();
  const joined = page.locator('.links');
  await joined.getByRole('link', { name: '198.51.100.7' }).waitFor();
  expect(await joined.locator('.links-people a').allInnerTexts()).toEqual(['Ada Example', 'Ben Example']);
  expect(desk.complaints).toEqual([]);
});

test('two analysts change one case at once: the second is told by whom and how, and loses nothing', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  await openCase(desk);
  const context = await page.context().browser()!.newContext({ timezoneId: 'UTC' });
  const other = await context.newPage();
  await other.goto(`${url}/sign-in#${await world.link('second@example.com')}`);
  await other.getByRole('heading', { name: 'Queue' }).waitFor();
  await other.goto(`${url}/cases/case_1`);
  await other.getByRole('heading', { name: 'Activity' }).waitFor();
  await other.getByPlaceholder('Note what you found out').fill('Half a note');
  await other.getByRole('button', { name: /^Resolve/ }).click();
  const dialog = other.getByRole('dialog', { name: 'Resolve' });
  await dialog.getByText('Inconclusive').click();
  await dialog.getByLabel('Reason').fill('Not enough to go by');

  await page.locator('h1').click();
  await page.keyboard.press('r');
  const first = page.getByRole('dialog', { name: 'Resolve' });
  await first.getByText('Confirmed').click();
  await first.getByLabel('Reason').fill('A closet with two laptops');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Resolved.').waitFor();

  await dialog.getByLabel('Reason').press('Control+Enter');
  await dialog.getByText('Somebody changed it meanwhile.').waitFor();
  await dialog.getByText('A closet with two laptops').waitFor();
  await dialog.getByText('analyst@example.com').first().waitFor();
  expect(await dialog.getByLabel('Reason').inputValue()).toBe('Not enough to go by');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await other.getByPlaceholder('Note what you found out').inputValue()).toBe('Half a note');
  await other.getByText('Somebody changed this while you wrote').waitFor();
  await other.getByRole('button', { name: 'Add note' }).click();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'second@example.com' })
    .getByText('Half a note')
    .waitFor();
  await context.close();
  const rows = await world.store.db
    .selectFrom('findings')
    .select('status')
    .where('id', 'in', ['f-tool', 'f-place'])
    .execute();
  expect(rows.map(({ status }) => status)).toEqual(['resolved', 'resolved']);
  expect(desk.complaints).toEqual([]);
});

test('a printed case is a document: its story without navigation, buttons and forms', async () => {
  await using desk = await sitDown();
  const { page } = desk;
  await openCase(desk);
  await page.emulateMedia({ media: 'print' });
  expect(await page.getByRole('navigation').count()).toBe(0);
  expect(await page.locator('.button').filter({ visible: true }).count()).toBe(0);
  expect(await page.getByRole('textbox').count()).toBe(0);
  await page.getByRole('heading', { name: 'Story' }).waitFor();
});

import { expect, test } from 'vitest';
import { openOffice } from '../support/desk.ts';

const { sitDown } = openOffice();

test('two administrators hold, release and erase; each dialog says what happens, and the report downloads', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  const other = await desk.join('otto', 'admin');
  for (const each of [page, other]) await each.goto(`${url}/contractors/ada`);
  const confirm = async (on: typeof page, name: string) => {
    await on.getByRole('textbox', { name: 'Reason' }).fill('she asked');
    await on.getByRole('dialog').getByRole('button', { name, exact: true }).click();
    await on.getByRole('dialog').waitFor({ state: 'detached' });
  };

  const section = page.locator('.data-held');
  await section.getByRole('row', { name: /Observations/ }).waitFor();
  const download = page.waitForEvent('download');
  await section.getByRole('link', { name: 'Download report' }).click();
  expect((await download).suggestedFilename()).toBe('ada-data.html');

  await section.getByRole('button', { name: 'Place legal hold' }).click();
  await confirm(page, 'Place hold');
  await section.getByText('Nothing can be erased while a hold is in force.').waitFor();
  await section.getByRole('button', { name: 'Ask to release' }).click();
  await confirm(page, 'Ask');
  await section.getByText('another person has to agree').waitFor();
  await other.reload();
  await other.getByRole('button', { name: 'Release', exact: true }).click();
  await confirm(other, 'Release');

  await other.getByRole('button', { name: 'Ask for erasure' }).click();
  await confirm(other, 'Ask');
  await section.getByRole('button', { name: 'Agree to erasure' }).click();
  await page.getByText('It begins when you confirm, and cannot be undone.').waitFor();
  await confirm(page, 'Erase');
  await section.getByText('Being erased').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('whoever only reads or triages sees nothing of it', async () => {
  await using desk = await sitDown({ role: 'analyst' });
  await desk.page.goto(`${desk.url}/contractors/ada`);
  await desk.page.getByRole('heading', { name: 'Recent evidence' }).waitFor();
  expect(await desk.page.locator('.data-held').count()).toBe(0);
});

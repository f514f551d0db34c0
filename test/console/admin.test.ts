import { expect, test } from 'vitest';
import { openOffice } from '../support/desk.ts';
import { HOSTILE } from '../support/seed.ts';

const { sitDown } = openOffice();

function csv(text: string) {
  return { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
}

test('a roster is previewed field by field, imported as it was shown, and the contractor is there', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/overview`);
  await page.getByRole('link', { name: 'Administration' }).click();
  await page
    .locator('input[type=file]')
    .setInputFiles(
      csv('contractor,label,countries,timezone\nada,=Ada,US;CA,America/Chicago\ndora,Dora Example,PL,\n'),
    );
  await page.getByText('1 contractor added, 1 changed, 0 unchanged').waitFor();
  const ada = page.getByRole('listitem').filter({ hasText: '=Ada' });
  await ada.getByText('United States (US), Canada (CA)').waitFor();
  expect(await ada.locator('s').allInnerTexts()).toContain('Mon–Fri 09:00–17:00');
  await page.getByText('Not in the file: they stay as they are').click();
  await page.getByText(HOSTILE.replace('\u202E', '‹U+202E›')).waitFor();
  await page.getByRole('button', { name: 'Import 2 changes' }).click();
  await page.getByText('Imported: 1 contractor added, 1 changed').waitFor();
  await page.getByRole('link', { name: /^Contractors/ }).click();
  await page.getByRole('link', { name: 'Dora Example' }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('what changed between preview and import is told, and previewed again', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  await page.goto(`${url}/admin/roster`);
  await page.locator('input[type=file]').setInputFiles(csv('contractor,label\nada,Ada B.\n'));
  await page.getByRole('button', { name: 'Import 1 change' }).waitFor();
  await world.store.db.updateTable('contractors').set({ label: 'Ada C.' }).where('id', '=', 'ada').execute();
  await page.getByRole('button', { name: 'Import 1 change' }).click();
  await page.getByRole('alert').getByText('changed since the preview').waitFor();
  await page.getByRole('button', { name: 'Preview again' }).click();
  await page.locator('s').getByText('Ada C.').waitFor();
});

test('a file with problems names row and column, and offers no import', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/admin/roster`);
  await page.locator('input[type=file]').setInputFiles(csv('contractor,countries\nada,UK\n'));
  await page.getByRole('row', { name: '2 countries UK is no country code; Great Britain is GB' }).waitFor();
  expect(await page.getByRole('button', { name: /^Import/ }).count()).toBe(0);
  expect(desk.complaints).toEqual([]);
});

test('the collector tells how it is set up, and warns in words', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/admin/collector`);
  await page.getByText('The certificate ends in 17 days. Renew it in time.').waitFor();
  await page.getByText('https://mirror.example.com').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('to who does not administer the pages say so and the navigation hides them', async () => {
  await using desk = await sitDown({ role: 'viewer' });
  const { page, url } = desk;
  expect(await page.getByRole('link', { name: 'Administration' }).count()).toBe(0);
  await page.goto(`${url}/admin/roster`);
  await page.getByText('Your role does not include this.').waitFor();
  expect(desk.complaints).toEqual([]);
});

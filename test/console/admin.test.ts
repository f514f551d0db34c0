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

test('an account is added with a link that is shown once, gets another role, and the action log says so', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/admin/accounts`);
  await page.getByLabel('Name of the new account').fill('ben@example.com');
  await page.getByRole('button', { name: 'Add the account' }).click();
  const link = await page.getByLabel('One-time link for ben@example.com').inputValue();
  expect(link).toMatch(/\/sign-in#[\w-]{20,}$/);
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.getByLabel('One-time link').count()).toBe(0);
  const row = page.getByRole('row', { name: /ben@example\.com/ });
  await row.getByRole('button', { name: /Role/ }).click();
  await page.getByRole('option', { name: 'viewer' }).click();
  await row.getByRole('button', { name: /viewer/ }).waitFor();
  await row.getByRole('button', { name: 'Disable ben@example.com' }).click();
  await row.getByText('disabled').waitFor();
  const mine = page.getByRole('row', { name: /analyst@example\.com/ });
  await mine.getByRole('button', { name: 'Disable analyst@example.com' }).click();
  await page.getByText('This is the last administrator.').waitFor();
  await page.getByRole('link', { name: 'Action log' }).click();
  await page.getByText('The chain is whole.').waitFor();
  const change = page.getByRole('row', { name: /ben@example\.com.*role/ }).filter({ hasText: 'viewer' });
  await change.locator('s').getByText('analyst').first().waitFor();
  // The refusal answers 409, which the browser notes.
  expect(desk.complaints.filter((text) => !text.includes('409'))).toEqual([]);
});

test('an API token is shown once and revoked', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/admin/accounts`);
  await page.getByLabel('Name of the new token').fill('nightly export');
  await page.getByRole('button', { name: 'Make a token' }).click();
  expect(await page.getByLabel('Token nightly export').inputValue()).toMatch(/^\S{30,}$/);
  await page.getByRole('button', { name: 'Revoke nightly export' }).click();
  await page.getByRole('row', { name: /nightly export.*revoked/ }).waitFor();
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

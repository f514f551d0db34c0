import { expect, test } from 'vitest';
import { addFinding, openOffice } from '../support/desk.ts';

const { sitDown } = openOffice();

test('the queue is worked by keyboard alone: taken on, noted on, resolved, and taken back', async () => {
  await using desk = await sitDown();
  const { page } = desk;
  await page.keyboard.press('j');
  const title = await page.locator('[data-row-link]:focus').textContent();
  const row = page.getByRole('row', { name: title ?? '' }).first();
  await page.keyboard.press('a');
  await row.getByText('analyst@example.com').waitFor();
  await row.getByText('Investigating').waitFor();

  await page.keyboard.press('n');
  await page.getByRole('dialog', { name: 'Add note' }).waitFor();
  await page.locator('textarea:focus').waitFor();
  await page.keyboard.type('Called the help desk: a drill.');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Noted.').waitFor();

  await page.keyboard.press('r');
  await page.getByRole('dialog', { name: 'Resolve' }).waitFor();
  await page.locator('input[type=radio]:focus').waitFor({ state: 'attached' });
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await page.locator('textarea:focus').waitFor();
  await page.keyboard.type('A drill of the help desk');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Resolved.').waitFor();
  await expect.poll(() => page.locator('tbody tr').count()).toBe(2);

  await page.keyboard.press('u');
  await page.getByText('Taken back.').waitFor();
  await expect.poll(() => page.locator('tbody tr').count()).toBe(3);
  await row.getByRole('link', { name: title ?? '' }).focus();
  await page.keyboard.press('o');
  const activity = page.getByRole('listitem').filter({ hasText: 'analyst@example.com' });
  await activity.filter({ hasText: 'Called the help desk: a drill.' }).waitFor();
  await activity.filter({ hasText: 'resolved it as benign' }).getByText('A drill of the help desk').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('a range of rows is chosen with x and shift, and resolved together', async () => {
  await using desk = await sitDown();
  const { page } = desk;
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+X');
  await page.getByRole('status').filter({ hasText: '3 findings selected' }).waitFor();
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog', { name: 'Resolve: 3 findings' });
  await dialog.getByText('False positive').click();
  await dialog.getByLabel('Reason').fill('An exercise');
  await page.keyboard.press('Control+Enter');
  await page.getByText('Nothing waits for you.').waitFor();
  const { db } = desk.world.store;
  const rows = await db.selectFrom('findings').select('id').where('status', '=', 'resolved').execute();
  expect(rows.map(({ id }) => id).toSorted()).toEqual(['f-hostile', 'f-place', 'f-tool']);
  expect(desk.complaints).toEqual([]);
});

test('filters count what they would leave, are in the address, and are saved under a name for the account', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.getByRole('button', { name: 'Critical 1' }).click();
  await page.waitForURL(`${url}/?severity=critical`);
  await expect.poll(() => page.locator('tbody tr').count()).toBe(1);
  await page.getByRole('button', { name: 'Save filters' }).click();
  await page.getByLabel('Name').fill('The worst');
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'The worst' }).waitFor();
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect.poll(() => page.locator('tbody tr').count()).toBe(3);
  await page.evaluate('localStorage.clear()');
  await page.reload();
  await page.getByRole('link', { name: 'The worst' }).click();
  await page.waitForURL(`${url}/?severity=critical`);
  await page.getByRole('button', { name: 'Forget The worst' }).click();
  await expect.poll(() => page.getByRole('link', { name: 'The worst' }).count()).toBe(0);
  await page.getByRole('searchbox', { name: 'Search findings' }).fill('no such thing');
  await page.getByText('No finding fits these filters.').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('the command palette finds people, machines and rules, and acts on the row that had the focus', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: 'Search and command' });
  await palette.waitFor();
  await page.keyboard.type('laptop-2');
  await palette.getByRole('menuitem', { name: 'laptop-2.example.com' }).waitFor();
  await expect.poll(() => palette.getByRole('menuitem').count()).toBe(1);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL(`${url}/endpoints/laptop-2`);
  await page.goto(url);
  await page.getByRole('link', { name: 'Nothing was declared' }).focus();
  await page.keyboard.press('Control+k');
  await palette.waitFor();
  await page.keyboard.type('assign');
  await palette.getByRole('menuitem', { name: 'Assign to me: Nothing was declared' }).click();
  await page.getByText('Assigned to you.').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('an exception is asked for from a finding, filled in from its evidence, with what it would change', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  await page.goto(`${url}/findings/f-tool`);
  await page.getByRole('heading', { name: 'Activity' }).waitFor();
  await page.keyboard.press('e');
  const dialog = page.getByRole('dialog', { name: 'Ask for an exception' });
  await dialog.getByRole('button', { name: /anydesk/ }).waitFor();
  await dialog.getByLabel('Reason').fill('The help desk works with it');
  await dialog.getByRole('button', { name: 'Preview' }).click();
  await dialog.getByText(/It would change/).waitFor();
  await dialog.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('Somebody else has to approve it.').waitFor();
  const { body } = await world.store.db.selectFrom('proposals').select('body').executeTakeFirstOrThrow();
  expect(JSON.parse(body)).toMatchObject({
    status: 'pending',
    change: { permission: { contractor: 'ada', tool: 'anydesk', rule: 'unapproved-remote-tool' } },
  });
  expect(desk.complaints).toEqual([]);
});

test('new findings wait while rows are selected and worked on', async () => {
  await using desk = await sitDown();
  const { page } = desk;
  await page.getByText('Live', { exact: true }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('x');
  await addFinding(desk, 'f-new', 'Something new');
  await page.getByRole('button', { name: '1 new finding' }).waitFor();
  expect(await page.getByRole('status').filter({ hasText: '1 finding selected' }).count()).toBe(1);
});

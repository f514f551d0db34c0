import { expect, test } from 'vitest';
import { openOffice } from '../support/desk.ts';

const { sitDown } = openOffice();

test('an auditor adds a schedule, sees its next packs before and after, and pauses it', async () => {
  await using desk = await sitDown();
  const { page, url, complaints } = desk;
  await page.goto(`${url}/audit`);
  await page.getByText('No packs come by the clock.').waitFor();
  await page.getByRole('button', { name: 'New schedule' }).click();
  const form = page.getByRole('form', { name: 'New schedule' });
  await form.getByLabel('Name', { exact: true }).fill('Nightly');
  await form.getByLabel('Cron expression').fill('30 2 * *');
  await form.getByRole('alert').waitFor();
  await form.getByLabel('Cron expression').fill('30 2 * * *');
  await form.getByLabel('Time zone').fill('Europe/Berlin');
  const preview = page.getByRole('status', { name: 'Next packs' });
  await preview.getByText('At 02:30').waitFor();
  await expect.poll(() => preview.getByRole('listitem').count()).toBe(3);
  expect(await preview.getByRole('listitem').first().textContent()).toMatch(
    /, 02:30 \(.*, 01:30 in UTC\) holds /,
  );
  await form.getByRole('button', { name: 'Add the schedule' }).click();

  const card = page.getByRole('listitem', { name: 'Nightly' });
  await card.getByText('At 02:30, Europe/Berlin.').waitFor();
  await card
    .getByText(/^Next /)
    .or(card.getByText('Next'))
    .first()
    .waitFor();
  await card.getByRole('button', { name: 'Run now Nightly' }).click();
  await card.getByText('waiting').waitFor();
  await card.getByRole('button', { name: 'Pause Nightly' }).click();
  await card.getByText('Paused').waitFor();
  await card.getByText('No pack comes by the clock.').waitFor();
  expect(complaints.filter((complaint) => !complaint.includes('422'))).toEqual([]);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { auditWorld } from '../server/audit/world.ts';
import { complaintsOf } from '../support/browser.ts';
import { openOffice } from '../support/desk.ts';
import { output } from '../support/processes.ts';
import { tempDir } from '../support/temp-dir.ts';

const { consoleDir, visit } = openOffice();

test('an auditor asks for a pack, watches it being made, reads its report and downloads what the lone verifier accepts', async () => {
  await using world = await auditWorld({ machines: 1, days: 1, consoleDir: consoleDir() });
  await using page = await visit();
  const complaints = complaintsOf(page);
  await page.goto(await world.link());
  await page.getByText('Live', { exact: true }).waitFor();
  await page.goto(`${world.url}/audit`);
  await page.getByText('Nobody asked for a pack yet.').waitFor();

  await page.getByLabel('First day (UTC)').fill('2026-03-05');
  await page.getByLabel('Last day (UTC)').fill('2026-03-02');
  await page.getByRole('button', { name: 'Make the pack' }).click();
  await page.getByText('Choose both days, the last one not before the first.').waitFor();
  await page.getByLabel('First day (UTC)').fill('2026-03-02');
  await page.getByLabel('Last day (UTC)').fill('2026-03-04');
  await page.getByRole('button', { name: 'Make the pack' }).click();
  const row = page.getByRole('table', { name: 'Audit packs' }).locator('tbody tr');
  await row.getByText(/^Done, [\d,]+ records$/).waitFor();

  const opening = page.waitForEvent('popup');
  await row.getByRole('link', { name: /^Report of .+zip$/ }).click();
  const report = await opening;
  await report.getByRole('heading', { name: 'Farhand audit report' }).waitFor();
  await report.getByText('The pack is about 1 contractor with 1 endpoint.').waitFor();
  expect(await report.evaluate(`getComputedStyle(document.querySelector('h1')).fontSize`)).toBe('28px');
  await report.close();
  const address = await row.getByRole('link', { name: /as PDF$/ }).getAttribute('href');
  const pdf = await page.request.get(`${world.url}${address}`);
  expect(pdf.headers()['content-type']).toBe('application/pdf');

  using folder = tempDir();
  const downloading = page.waitForEvent('download');
  await row.getByRole('link', { name: /^Download/ }).click();
  const path = join(folder.path, 'pack.zip');
  await (await downloading).saveAs(path);
  const verified = await output(['server/audit/verify-main.ts', path]);
  expect([verified.code, verified.stdout.slice(0, 9)]).toEqual([0, 'VERIFIED.']);

  await page.getByRole('link', { name: 'action log' }).click();
  await page.waitForURL(`${world.url}/admin/actions`);
  await page.getByText('export.download').first().waitFor();
  expect(complaints).toEqual([]);
});

import { expect, test } from 'vitest';
import { writeFindings } from '../../server/store/findings.ts';
import { instant } from '../../shared/time.ts';
import { openOffice } from '../support/desk.ts';
import { SEED_FINDINGS } from '../support/seed.ts';

const { sitDown } = openOffice();

test('the overview says what changed since one last looked, live, until it is marked as seen', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  await page.goto(`${url}/overview`);
  await page.getByRole('heading', { name: /In the last 24 hours/ }).waitFor();
  await page.getByRole('button', { name: 'Mark as seen' }).click();
  await page.getByRole('heading', { name: /Since you last looked/ }).waitFor();
  await page.getByText('Nothing changed.').waitFor();

  world.now += 60_000;
  const at = instant(world.now);
  const [tool] = SEED_FINDINGS;
  if (!tool) throw new Error('no finding to copy');
  await world.store.db.transaction().execute((trx) =>
    writeFindings(trx, at, [
      { ...tool, id: 'f-new', key: 'f-new', foundAt: at, updatedAt: at },
      { ...tool, severity: 'critical', updatedAt: at },
    ]),
  );
  world.store.feed.ring();
  await page.getByText('1 finding got worse').waitFor();
  await page.getByText('was high').waitFor();
  await page.getByRole('link', { name: '1 new finding' }).click();
  await page.waitForURL(/\/\?status=all&since=2026-03-02T16/);
  await page.getByRole('button', { name: /^Found Since/ }).waitFor();
  await expect.poll(() => page.locator('[data-row]').count()).toBe(1);
  expect(desk.complaints).toEqual([]);
});

test('the overview counts by severity and family, draws trend and map without the network, and has both as tables', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) elsewhere.push(request.url());
  });
  await page.goto(`${url}/overview`);
  await page.locator('.trend-chart canvas').waitFor();
  await page.locator('.world-declared').waitFor();
  await page.getByText('As a table').first().click();
  await page.getByRole('row', { name: '2026-03-01 4 0' }).waitFor();
  await page.getByText('As a table').last().click();
  await page.getByRole('row', { name: 'United States (US) 2 2 0' }).waitFor();
  await page.getByRole('link', { name: '1 open finding: critical, ', exact: false }).first().click();
  await page.waitForURL(/severity=critical/);
  expect(elsewhere).toEqual([]);
  expect(desk.complaints).toEqual([]);
});

test('the checklist ticks itself when an endpoint enrolls, and goes when it is dismissed', async () => {
  await using desk = await sitDown();
  const { page, url, world, tell } = desk;
  const { db } = world.store;
  await db
    .updateTable('endpoints')
    .set({ revoked_at: instant(world.now) })
    .execute();
  await page.goto(`${url}/overview`);
  const steps = page.getByRole('region', { name: /First steps/ });
  const enroll = steps.getByRole('listitem').filter({ hasText: 'Enroll an endpoint' });
  await enroll.getByRole('link', { name: 'Create a token' }).waitFor();
  await db.updateTable('endpoints').set({ revoked_at: null }).where('id', '=', 'laptop-2').execute();
  await tell({ topic: 'endpoint', ref: 'laptop-2' });
  await enroll.getByText('1 enrolled').waitFor();
  await steps.getByRole('button', { name: 'It is noted down' }).click();
  await steps.getByText(/by analyst@example.com/).waitFor();
  await steps.getByRole('button', { name: 'Do not show this again' }).click();
  await steps.waitFor({ state: 'detached' });
  expect(desk.complaints).toEqual([]);
});

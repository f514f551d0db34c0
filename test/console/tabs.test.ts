import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { addFinding, openOffice } from '../support/desk.ts';
import { until } from '../support/until.ts';

const office = openOffice();

const shown = (page: Page, title: string) => page.getByRole('link', { name: title }).first();

test('seven tabs of one analyst share one stream, and when the tab that has it closes another goes on without a hole', async () => {
  await using desk = await office.sitDown();
  const { page, url, complaints } = desk;
  const context = page.context();
  let streams = 0;
  context.on('request', (request) => {
    if (request.url().includes('/api/v1/feed')) streams += 1;
  });
  await page.getByText('Live').first().waitFor();
  const tabs: Page[] = [];
  // A browser has six connections to a host: with a stream each, the seventh tab would never load.
  for (let tab = 0; tab < 6; tab += 1) {
    const next = await context.newPage();
    tabs.push(next);
    await next.goto(`${url}/contractors`);
    await next.getByText('Live').first().waitFor();
  }
  expect(streams).toBe(0);

  const [second, ...others] = tabs;
  if (!second) throw new Error('there is no second tab');
  await second.goto(url);
  await shown(second, 'Nothing was declared').waitFor();
  await addFinding(desk, 'f-first', 'Told through another tab');
  await shown(second, 'Told through another tab').waitFor();

  await page.close();
  await addFinding(desk, 'f-second', 'Written while nobody led');
  await shown(second, 'Written while nobody led').waitFor();
  await until(() => streams === 1);
  for (const tab of others) await tab.close();
  await addFinding(desk, 'f-third', 'Told to the last tab');
  await shown(second, 'Told to the last tab').waitFor();
  // Each tab that closes may have been the one with the stream for a moment.
  expect(streams).toBeLessThanOrEqual(1 + others.length);
  expect(complaints).toEqual([]);
});

import { rmSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../support/browser.ts';
import { temporaryFolder, testCollector } from '../support/collector.ts';
import { freePort } from '../support/free-port.ts';
import { ANYDESK, began, chainOf, enrollRaw, newEpoch, openRaw } from '../support/raw-agent.ts';

test('a console that stays open while the collector is restarted shows what an agent tells afterwards, without a reload', async () => {
  await using stack = new AsyncDisposableStack();
  const dataDir = temporaryFolder();
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const browser = await openBrowser();
  stack.defer(() => browser.close());
  const port = await freePort();
  const start = () =>
    testCollector({ config: { dataDir, port }, keep: true, consoleDir: inject('consoleDir') });

  const before = await start();
  const identity = await enrollRaw(await before.token({ contractor: 'ada' }));
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(await before.signInLink('analyst'));
  await page.getByText('Live', { exact: true }).waitFor();
  await before[Symbol.asyncDispose]();
  await page.getByText('Reconnecting').waitFor();

  const complaints = complaintsOf(page);
  await using after = await start();
  await page.getByText('Live', { exact: true }).waitFor();
  const seen = complaints.length;
  const epoch = newEpoch();
  await using agent = await openRaw(identity, { epoch });
  agent.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
  expect(await agent.next()).toMatchObject({ type: 'ack', through: 1 });
  await after.settled();
  await page
    .getByRole('link', { name: /Remote-access tool/ })
    .first()
    .waitFor();
  expect(complaints.slice(seen)).toEqual([]);
});

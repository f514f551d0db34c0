import { expect, test } from 'vitest';
import { writeCases } from '../../server/store/cases.ts';
import { recordGap } from '../../server/store/gaps.ts';
import type { Case } from '../../shared/case.ts';
import { instant } from '../../shared/time.ts';
import { addFinding, openOffice } from '../support/desk.ts';
import { HOSTILE } from '../support/seed.ts';

const { sitDown } = openOffice();

test('a sign-in link opens the queue and leaves no token in the address or the history', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  expect(page.url()).toBe(`${url}/`);
  expect(await page.evaluate('history.length')).toBeLessThanOrEqual(2);
  expect(await page.getByRole('row').count()).toBe(4);
  expect(desk.complaints).toEqual([]);
});

test('a link that was used says so, and without a link the page says how to get one', async () => {
  await using desk = await sitDown({ signedIn: false });
  const { page, url } = desk;
  await page.goto(`${url}/sign-in`);
  await page.getByText('farhand user link').waitFor();
  await page.goto(`${url}/sign-in#${'x'.repeat(43)}`);
  await page.getByRole('alert').getByText('no longer works').waitFor();
});

test('who is not signed in signs in and comes to the page that was wanted', async () => {
  await using desk = await sitDown({ signedIn: false });
  const { page, url, world } = desk;
  await page.goto(`${url}/endpoints?q=laptop-2`);
  await page.waitForURL(/\/sign-in\?next=/);
  const next = new URL(page.url()).search;
  await page.goto(`${url}/sign-in${next}#${await world.link()}`);
  await page.waitForURL(`${url}/endpoints?q=laptop-2`);
  await page.getByRole('link', { name: 'laptop-2.example.com' }).waitFor();
});

test('a finding that the collector commits shows up without a reload', async () => {
  await using desk = await sitDown();
  await desk.page.getByText('Live', { exact: true }).waitFor();
  await addFinding(desk, 'f-new', 'Something new');
  await desk.page.getByRole('link', { name: 'Something new' }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('new findings wait while a row has the focus, and come when they are asked for', async () => {
  await using desk = await sitDown();
  const { page } = desk;
  await page.getByText('Live', { exact: true }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await addFinding(desk, 'f-new', 'Something new');
  await page.getByRole('button', { name: '1 new finding' }).waitFor();
  expect(await page.getByRole('link', { name: 'Something new' }).count()).toBe(0);
  await page.keyboard.press('.');
  await page.getByRole('link', { name: 'Something new' }).waitFor();
  expect(await page.getByRole('button', { name: '1 new finding' }).count()).toBe(0);
});

test('the keyboard goes down the queue, opens a finding and comes back to its row', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.keyboard.press('j');
  const focused = page.locator('a:focus');
  const first = await focused.getAttribute('href');
  await page.keyboard.press('j');
  expect(await focused.getAttribute('href')).not.toBe(first);
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.waitForURL(url + first);
  await page.locator('h1:focus').waitFor();
  await page.goBack();
  await page.locator(`a[href="${first}"]:focus`).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('filters are in the address and survive a reload', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.getByRole('button', { name: /Outcome/ }).click();
  await page.getByRole('option', { name: 'Expected' }).click();
  await page.waitForURL(`${url}/?outcome=expected`);
  await page.reload();
  await page.getByRole('link', { name: 'Remote-access tool that nobody approved' }).waitFor();
  expect(await page.locator('tbody tr').count()).toBe(1);
  await page.goto(`${url}/?outcome=undetermined`);
  await page.getByText('No finding fits these filters.').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('a finding shows its arithmetic, the declaration beside the evidence, and where the evidence stands', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/findings/f-tool`);
  await page.getByRole('row', { name: 'running tool anydesk' }).waitFor();
  await page.getByRole('row', { name: 'Countries United States (US) United States (US)' }).waitFor();
  await page.getByText('AnyDesk 9.0.4 running (process anydesk)').waitFor();
  await page.getByText('01234567 #2').waitFor();
  await page.getByText('Ask the help desk').waitFor();
  await page.getByText('in America/Chicago').waitFor();
  expect(await page.title()).toBe('Remote-access tool that nobody approved · Farhand');
  expect(desk.complaints).toEqual([]);
});

test('the presence of an endpoint changes before the eyes of the analyst', async () => {
  await using desk = await sitDown();
  const { page, url, world, tell } = desk;
  await page.goto(`${url}/endpoints`);
  const row = page.getByRole('row', { name: /laptop-2\.example\.com/ });
  await row.getByText('online').waitFor();
  await world.store.db
    .updateTable('spans')
    .set({ to: instant(world.now) })
    .where('endpoint', '=', 'laptop-2')
    .where('kind', '=', 'presence')
    .execute();
  await tell({ topic: 'endpoint', ref: 'laptop-2' });
  await row.getByText('offline').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('no page runs or renders what a machine or roster wrote, and none breaks the content security policy', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  const paths = [
    '/',
    '/findings/f-hostile',
    '/contractors',
    '/contractors/cleo',
    '/endpoints',
    '/endpoints/laptop-3',
  ];
  const shown = HOSTILE.replace('\u202E', '‹U+202E›');
  for (const path of paths) {
    await page.goto(url + path);
    await page.getByText(shown).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('body').textContent()).not.toContain('\u202E');
  }
  expect(desk.complaints).toEqual([]);
});

test('the theme that was chosen is kept', async () => {
  await using desk = await sitDown();
  const { page } = desk;
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  await page.reload();
  await page.locator('html[data-theme=dark]').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('signing out ends the session and leads to the sign-in page', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to Farhand' }).waitFor();
  await page.goto(url);
  await page.waitForURL(/\/sign-in/);
});

test('a feed that was cut is picked up where it ended', async () => {
  await using desk = await sitDown();
  const { page, server } = desk;
  await page.getByText('Live', { exact: true }).waitFor();
  await server.stop();
  await page.getByText('Reconnecting').waitFor();
  await page.getByText('The collector cannot be reached. What you see is of').waitFor();
  await addFinding(desk, 'f-meanwhile', 'Found meanwhile');
  await server.start();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'Found meanwhile' }).waitFor();
});

test('an endpoint shows its gap ledger with what was true around each hole, and its silences', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  const clone = {
    endpoint: 'laptop-1',
    epoch: '0123456789abcdef0123456789abcdef',
    first: 10,
    last: 9,
    cause: 'clone',
    boots: ['boot-1', HOSTILE.slice(0, 60)],
    addresses: ['192.0.2.1', '192.0.2.2'],
  } as const;
  const gap = { ...clone, boots: [...clone.boots], addresses: [...clone.addresses] };
  await world.store.db.transaction().execute((trx) => recordGap(trx, gap, instant(world.now)));
  await page.goto(`${url}/endpoints/laptop-1`);
  const ledger = page.getByRole('table', { name: 'Gap ledger' });
  await ledger.getByText('Addresses 192.0.2.1 and 192.0.2.2').waitFor();
  await ledger.getByText('the spool overflowed').waitFor();
  await ledger
    .getByText(/facts? true at that moment/)
    .first()
    .click();
  await ledger.getByText('Egress 198.51.100.7').first().waitFor();
  await page.getByRole('heading', { name: 'Silences' }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('a case comes up by itself and tells its story, what was declared beside it, and its risk as a sum', async () => {
  await using desk = await sitDown();
  const { page, world, url, complaints } = desk;
  await page.goto(`${url}/cases`);
  await page.getByText('No case.').waitFor();
  const opened: Case = {
    id: 'case_1',
    status: 'new',
    standing: true,
    severity: 'high',
    triggers: [{ by: 'critical', finding: 'f-tool' }],
    contractors: ['ada', 'ben'],
    findings: ['f-tool', 'f-place', 'f-hostile'],
    openedAt: instant(world.now),
    updatedAt: instant(world.now),
  };
  await world.store.db.transaction().execute((trx) => writeCases(trx, instant(world.now), [opened]));
  world.store.feed.ring();
  await page.getByRole('link', { name: /and 1 other/ }).click();
  const story = page.getByRole('list').filter({ has: page.locator('.story-head') });
  await expect.poll(() => story.getByRole('listitem').count()).toBe(3);
  expect(await page.locator('.story-declared').first().textContent()).toMatch(/declared.*: countries/);
  const risk = page.getByRole('table', { name: 'Risk as a sum' }).first();
  const sum = await risk.getByRole('row', { name: /^Sum/ }).textContent();
  const families = await risk.locator('.risk-family td:last-child').allInnerTexts();
  expect(Number(sum?.replace(/\D*/, ''))).toBeCloseTo(
    families.reduce((total, points) => total + Number(points), 0),
  );
  await story.getByRole('link').first().click();
  await expect.poll(() => page.url()).toContain('/findings/');
  expect(complaints).toEqual([]);
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendFeed } from '../../server/store/feed.ts';
import { instant } from '../../shared/time.ts';
import { testCollector } from '../support/collector.ts';
import { openOffice } from '../support/desk.ts';
import { farhandAgent } from '../support/farhand-agent.ts';
import { HOSTILE } from '../support/seed.ts';
import { tempDir } from '../support/temp-dir.ts';

const { sitDown, consoleDir, visit } = openOffice();

test('the numbers of the fleet narrow the list to what they count, and the address keeps that', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/endpoints`);
  const rows = page.getByRole('table', { name: 'Endpoints' }).locator('tbody tr');
  await page.getByRole('link', { name: 'laptop-2.example.com' }).waitFor();
  expect(await rows.count()).toBe(4);
  await page.getByRole('button', { name: '1 endpoint with probe usb denied' }).click();
  await page.waitForURL(`${url}/endpoints?probe=usb%3Adenied`);
  await page.getByRole('link', { name: 'laptop-2.example.com' }).waitFor({ state: 'detached' });
  expect(await rows.count()).toBe(1);
  await page.reload();
  await page.getByRole('link', { name: 'laptop-1.example.com' }).waitFor();
  expect(await rows.count()).toBe(1);
  await page.getByRole('button', { name: 'Take away the filter probe usb denied' }).click();
  await page.getByRole('button', { name: /Revoked$/ }).click();
  await page.getByRole('link', { name: 'laptop-1-old.example.com' }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('hostile names are shown inert in the list of the fleet and on the page of an endpoint', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/endpoints?q=laptop-3`);
  await page.locator('.row-link', { hasText: '<img src=x' }).click();
  await page.waitForURL(`${url}/endpoints/laptop-3`);
  await page.getByText('Its agent reported nothing yet.').waitFor();
  expect(await page.locator('img').count()).toBe(0);
  expect(desk.complaints).toEqual([]);
});

test('revoking says what happens, asks why, and shows on the page at once', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/endpoints/laptop-2`);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Revoke this endpoint' }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke this endpoint?' });
  await dialog.getByText('This cannot be undone').waitFor();
  const confirm = dialog.getByRole('button', { name: 'Revoke for good' });
  expect(await confirm.isDisabled()).toBe(true);
  await dialog.getByLabel('Reason').fill('laptop was lost');
  await confirm.click();
  await page.getByText('laptop was lost').waitFor();
  await page.getByText('revoked', { exact: true }).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('who does not administer sees no tokens and no way to revoke', async () => {
  await using desk = await sitDown({ role: 'viewer' });
  const { page, url } = desk;
  await page.goto(`${url}/endpoints/laptop-2`);
  await page.getByRole('heading', { name: 'Evidence chain' }).waitFor();
  expect(await page.getByRole('button', { name: 'Revoke this endpoint' }).count()).toBe(0);
  await page.goto(`${url}/endpoints/tokens`);
  await page.getByText('Your role does not include enrollment tokens.').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('an agent enrolls with the text that the page shows, and appears in the list by itself', async () => {
  await using collector = await testCollector({ consoleDir: consoleDir() });
  using folder = tempDir();
  await using page = await visit();
  await page.goto(await collector.signInLink('ada'));
  await page.getByText('Live', { exact: true }).waitFor();
  await page.goto(`${collector.url}/endpoints/tokens`);
  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByText('which only this machine can reach').waitFor();
  const text = (await page.locator('[data-paste="Token"]').textContent()) ?? '';
  expect(await page.locator('[data-paste="Linux"]').textContent()).toContain(text);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect.poll(() => page.content()).not.toContain(text);
  await page.getByRole('link', { name: 'Endpoints', exact: true }).first().click();
  await page.getByText('No endpoints yet.').waitFor();

  const dataDir = join(folder.path, 'agent');
  const { exitCode, stdout } = await farhandAgent(['enroll', '--token-file', '-', '--data-dir', dataDir], {
    input: text,
  });
  expect(exitCode).toBe(0);
  const [id = ''] = /ep-[0-9a-f]{12}/.exec(stdout) ?? [];
  const row = page.getByRole('table', { name: 'Endpoints' }).locator('tbody .row-link');
  await row.waitFor();
  expect(await row.getAttribute('href')).toBe(`/endpoints/${id}`);
  await row.click();
  await page.getByText(/^tk-[0-9a-f]{12}$/).waitFor();
});

test('the graph of places has a node for every place of the table and for everyone who was there', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  const stay = (span: number, place: string, contractor: string) => ({
    span,
    place,
    contractor,
    endpoint: `laptop-${contractor}`,
    from: '2026-03-02T08:00:00.000Z',
    to: '2026-03-02T09:00:00.000Z',
    network_class: 'residential',
  });
  await world.store.db
    .insertInto('visits')
    .values([
      stay(1, 'egress:198.51.100.7', 'ada'),
      stay(5, 'egress:198.51.100.7', 'ben'),
      stay(6, 'display:c0ffee00c0ffee00c0ffee00c0ffee00', 'ada'),
      stay(7, 'display:c0ffee00c0ffee00c0ffee00c0ffee00', 'cleo'),
      stay(8, 'usb:c0ffee00c0ffee00c0ffee00c0ffee00', 'cleo'),
    ])
    .execute();
  await page.goto(`${url}/places`);
  const table = page.getByRole('table', { name: 'Places' });
  await table.getByRole('link', { name: '198.51.100.7' }).waitFor();
  await page.locator('.graph-place').first().waitFor();
  const places = await table.locator('tbody tr').count();
  expect(places).toBe(2);
  expect(await page.locator('.graph-place').count()).toBe(places);
  expect(await page.locator('.graph-contractor').count()).toBe(3);
  expect(await page.locator('img').count()).toBe(0);
  const where = async () => {
    const nodes = await page.locator('.graph-node').all();
    return Promise.all(nodes.map((node) => node.getAttribute('transform')));
  };
  const before = await where();
  await page.reload();
  await page.locator('.graph-place').first().waitFor();
  expect(await where()).toEqual(before);
  await page.getByRole('link', { name: /^Public address 198\.51\.100\.7/ }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${url}/places/egress%3A198.51.100.7`);
  await page.getByRole('table', { name: 'Visitors' }).getByRole('link', { name: 'Ben Example' }).waitFor();
  await page.getByText('together: At least two').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('a contractor beyond the first page is found as one types', async () => {
  await using desk = await sitDown();
  const { page, url, world } = desk;
  const many = Array.from({ length: 150 }, (_, index) => ({
    id: `person-${String(index).padStart(3, '0')}`,
    label: index === 149 ? HOSTILE : null,
    declaration: null,
    updated_at: '2026-01-05T00:00:00.000Z',
  }));
  await world.store.db.insertInto('contractors').values(many).execute();
  await appendFeed(world.store.db, instant(world.now), [{ topic: 'contractor', ref: 'person-000' }]);
  await page.goto(`${url}/contractors`);
  await page.getByRole('link', { name: 'person-000' }).waitFor();
  expect(await page.getByRole('link', { name: 'person-120' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Load more contractors' }).click();
  await page.getByRole('link', { name: 'person-120' }).waitFor();
  await page.goto(`${url}/`);
  await page.getByRole('combobox', { name: 'Contractor' }).fill('person-14');
  await page.getByRole('option', { name: 'person-148' }).click();
  await page.waitForURL(`${url}/?contractor=person-148`);
  expect(desk.complaints).toEqual([]);
});

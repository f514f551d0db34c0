import { expect, test } from 'vitest';
import { openOffice } from '../support/desk.ts';
import { HOSTILE } from '../support/seed.ts';

const { sitDown } = openOffice();

test('the head says what contradicts the declaration, on both clocks, and what the risk is', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/contractors/ada`);
  await page.getByRole('link', { name: 'Unrelated contractors behind one address' }).first().waitFor();
  await page.getByText('Contradicts: AnyDesk runs; approved: none').waitFor();
  await page.getByText('declared: US · America/Chicago · Mon–Fri 09:00–17:00').waitFor();
  await page.getByText(/theirs$/).waitFor();
  await page.getByText('Risk 140').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('the keyboard zooms and moves: the address and the lanes follow, and a reload shows the same', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/contractors/ada`);
  const lanes = page.getByRole('group', { name: /^Timeline/ });
  const tool = page.locator('.lane-tools .bar');
  await tool.waitFor();
  const before = await tool.boundingBox();
  await lanes.focus();
  await page.keyboard.press('ArrowRight');
  await page.waitForURL(/from=\d{8}T\d{6}Z&to=/);
  await page.keyboard.press('ArrowDown');
  await page.locator('.lanes-tip').waitFor();
  await page.keyboard.press('+');
  await page.waitForURL((address) => lengthOf(address) < 8 * 86_400_000);
  const zoomedIn = lengthOf(new URL(page.url()));
  await expect
    .poll(async () => (await tool.boundingBox())?.width ?? 0)
    .toBeGreaterThan((before?.width ?? 0) * 1.5);
  await page.keyboard.press('-');
  await page.waitForURL((address) => lengthOf(address) > zoomedIn);
  const shown = await page.locator('.timeline-range').textContent();
  await page.reload();
  await page.getByText(shown ?? '').waitFor();
  await lanes.focus();
  await page.keyboard.press('0');
  await page.waitForURL(`${url}/contractors/ada`);
  expect(desk.complaints).toEqual([]);
});

test('what was observed is read with the keyboard, and Enter shows the fact and where its evidence stands', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/contractors/ada`);
  await page.locator('.lane-tools .bar').waitFor();
  await page.getByRole('group', { name: /^Timeline/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.locator('.lanes-tip').getByText('AnyDesk running').waitFor();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('region', { name: 'Details' });
  await panel.getByText('AnyDesk 9.0.4 running (process anydesk)').waitFor();
  await panel.getByText('01234567 #2').waitFor();
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
  expect(desk.complaints).toEqual([]);
});

test('a silence is drawn as a hole, where nobody looked is not empty, and both are told in words', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/contractors/cleo`);
  const gap = page.locator('.lane-evidence .bar-gap').first();
  await gap.waitFor();
  expect(await page.evaluate('getComputedStyle(document.querySelector(".bar-gap")).fill')).toContain('#gap');
  expect((await gap.boundingBox())?.width).toBeGreaterThan(10);
  await page.locator('.lane-tools .uncovered').first().waitFor();
  await page.getByRole('button', { name: 'As table' }).click();
  await page.waitForURL(/view=table/);
  await page.getByRole('button', { name: 'Not heard of: not known' }).waitFor();
  await page.getByText('Not covered: no agent was looking').first().waitFor();
  expect(desk.complaints).toEqual([]);
});

test('the circle on the map has the size of its radius, and an exit is no position', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/contractors/ada`);
  const places = page.locator('.places');
  await places.scrollIntoViewIfNeeded();
  await places.locator('.map-circle-usable').waitFor();
  const drawn = await page.evaluate('document.querySelector(".map-circle-usable").getBBox().width / 2');
  const scale = places.locator('.map-scale path');
  const [km, px] = await Promise.all(['data-km', 'data-px'].map((name) => scale.getAttribute(name)));
  const radius = (Number(drawn) / Number(px)) * Number(km);
  expect(radius).toBeGreaterThan(19);
  expect(radius).toBeLessThan(21);
  await places.getByText('Home at 41.88°, -87.63°').waitFor();
  await places.getByText('not a position: traffic comes out here, whoever sends it').waitFor();
  expect(desk.complaints).toEqual([]);
});

test('hours are read cell by cell with the arrow keys', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/contractors/cleo`);
  const hours = page.getByRole('table', { name: /^Minutes of activity/ });
  await hours.locator('[data-cell="0 9"]').focus();
  await page.keyboard.press('ArrowUp');
  const cell = hours.getByLabel(/^Sun 14:00–15:00: nothing counted; a session was open for 60 min/);
  for (let hour = 9; hour < 14; hour++) await page.keyboard.press('ArrowRight');
  await cell.and(page.locator(':focus')).waitFor();
  expect(desk.complaints).toEqual([]);
});

test('the past has an address of its own, says so, and leads back to now', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  await page.goto(`${url}/contractors/ada?at=20260302T143000Z`);
  await page.getByText('this is what was known at').waitFor();
  await page.getByRole('heading', { name: /^Findings then/ }).waitFor();
  await page.getByRole('button', { name: 'Back to now' }).click();
  await page.waitForURL(`${url}/contractors/ada`);
  await page.locator('.lanes').waitFor();
  await page.getByRole('button', { name: 'What was known at …' }).click();
  await page.getByLabel('Known at').fill('2026-03-02T15:00');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForURL(/at=20260302T150000Z/);
  expect(desk.complaints).toEqual([]);
});

test('hostile texts are shown and do nothing, in lanes, table, details and places, also on a phone', async () => {
  await using desk = await sitDown();
  const { page, url } = desk;
  const shown = HOSTILE.replace('\u202E', '‹U+202E›');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${url}/contractors/cleo?view=lanes`);
  await page.locator('.lane-rows').getByText(shown).first().waitFor();
  await page.locator('.places-list').getByText(shown).waitFor();
  await page.goto(`${url}/contractors/cleo`);
  await page.getByRole('button', { name: /^rdp · / }).click();
  await page.getByRole('region', { name: 'Details' }).getByText(shown).first().waitFor();
  expect(await page.evaluate('document.querySelector("main").scrollWidth')).toBeLessThanOrEqual(390);
  expect(desk.complaints).toEqual([]);
});

function lengthOf(address: URL): number {
  const [from, to] = ['from', 'to'].map((name) =>
    Date.parse(
      (address.searchParams.get(name) ?? '').replace(
        /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
        '$1-$2-$3T$4:$5:$6Z',
      ),
    ),
  );
  return (to ?? 0) - (from ?? 0);
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { openOffice } from '../support/desk.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const violationsSchema = z.object({ violations: z.array(z.object({ id: z.string() })) });

/** Operations are alike and many: the first ones show what all are made of. */
const PART = `axe.run({ include: [['nav'], ['main > section:nth-of-type(-n+7)'], ['#codes']] })`;

const office = openOffice();

test('the account menu leads to the API’s page, which anybody can read, light and dark', async () => {
  await using desk = await office.sitDown();
  const { page, complaints } = desk;
  await page.getByRole('button', { name: /^Account/ }).click();
  const [docs] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('menuitem', { name: 'API' }).click(),
  ]);
  await docs.getByRole('heading', { name: 'Farhand API' }).waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await docs.emulateMedia({ colorScheme });
    await docs.evaluate(AXE);
    const { violations } = violationsSchema.parse(await docs.evaluate(PART));
    expect(violations.map(({ id }) => id)).toEqual([]);
  }
  await docs.getByRole('link', { name: 'GET /findings/{id}' }).first().click();
  expect(new URL(docs.url()).hash).toBe('#GetFindingsById');
  expect(complaints).toEqual([]);
});

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { oidcProvider } from '../../server/api/oidc.ts';
import { openOffice } from '../support/desk.ts';
import { openIdentityProvider } from '../support/identity-provider.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const GOOD = 'four words and a comma';
const { sitDown } = openOffice();

async function violations(page: Page): Promise<unknown> {
  // The content security policy lets no page load this; the debugger may.
  await page.evaluate(`${readFileSync(AXE, 'utf8')};0`);
  return page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes[0].html))',
  );
}

async function signInWith(page: Page, account: string, password: string): Promise<void> {
  await page.getByLabel('Account').fill(account);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

test('who came by a link sets a password and signs in with it, to the page that was wanted', async () => {
  await using desk = await sitDown({ role: 'analyst' });
  const { page, url, world } = desk;
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await page.getByText('Analyst: decides on findings and cases').waitFor();
  await page.getByLabel('New password').fill('short');
  await page.getByRole('button', { name: 'Save password' }).click();
  await page.getByRole('alert').getByText('too easy to guess').waitFor();
  await page.getByLabel('New password').fill(GOOD);
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('Your password is set').waitFor();
  expect(desk.complaints).toEqual([]);

  await page.context().clearCookies();
  await page.goto(`${url}/contractors?q=ada`);
  await page.waitForURL(/\/sign-in\?next=/);
  await signInWith(page, 'analyst@example.com', 'wrong');
  await page.getByRole('alert').getByText('do not fit').waitFor();
  expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
  await signInWith(page, 'analyst@example.com', GOOD);
  await page.waitForURL(`${url}/contractors?q=ada`);

  await world.signIn('analyst@example.com', 'analyst');
  await page.goto(`${url}/account`);
  const ends = page.getByRole('button', { name: 'End the session from 192.0.2.1' });
  for (const left of [1, 0]) {
    await ends.first().click();
    await expect.poll(() => ends.count()).toBe(left);
  }
  await page.getByText('By password from').waitFor();
});

test('the identity provider signs in, and what went wrong there is told in words', async () => {
  await using idp = await openIdentityProvider();
  await using desk = await sitDown({ signedIn: false, provider: oidcProvider(idp.settings) });
  const { page, url } = desk;
  await page.goto(`${url}/sign-in?next=%2Fendpoints`);
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
  await page.getByRole('alert').getByText('does not answer').waitFor();
});

test('a browser comes back from the identity provider signed in', async () => {
  await using idp = await openIdentityProvider();
  await using desk = await sitDown({ signedIn: false, provider: oidcProvider(idp.settings) });
  const { page, url } = desk;
  idp.admit(url);
  await page.goto(`${url}/sign-in?next=%2Fendpoints`);
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
  await page.locator('[name=login]').fill('ada');
  await page.locator('[name=password]').fill('any');
  await page.locator('button[type=submit]').click();
  await page.locator('button[type=submit]').click();
  await page.waitForURL(`${url}/endpoints`);
  await page.getByRole('button', { name: /^Account ada@example.com/ }).waitFor();
});

test.each(['light', 'dark'] as const)(
  'axe finds nothing on the sign-in and account pages, %s',
  async (colorScheme) => {
    await using desk = await sitDown();
    const { page, url } = desk;
    await page.emulateMedia({ colorScheme });
    await page.goto(`${url}/account`);
    await page.getByText('This session').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.goto(`${url}/sign-in?problem=PROVIDER_ROLE_MISSING`);
    await page.getByRole('alert').waitFor();
    expect(await violations(page)).toEqual([]);
  },
);

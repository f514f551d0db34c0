import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { user } from '../../../server/commands/user.ts';
import { verifyActions } from '../../../server/store/actions.ts';
import { openStore } from '../../../server/store/store.ts';
import { tempDir } from '../../support/temp-dir.ts';

let folder: ReturnType<typeof tempDir>;
let printed = '';
beforeEach(() => {
  folder = tempDir();
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  folder[Symbol.dispose]();
});

const run = (...args: readonly string[]) => user.run([...args, '--data-dir', folder.path]);

async function roles(): Promise<Record<string, string>> {
  printed = '';
  await run('list', '--json');
  const rows: { name: string; role: string; disabledAt: string | null }[] = JSON.parse(printed);
  return Object.fromEntries(rows.map(({ name, role, disabledAt }) => [name, disabledAt ? 'disabled' : role]));
}

test('the first link makes an administrator, later ones viewers unless told otherwise', async () => {
  await run('link', '--account', 'ada');
  expect(printed).toMatch(/^http:\/\/127\.0\.0\.1:7443\/sign-in#[\w-]{43}\n$/);
  await run('link', '--account', 'ben');
  await run('link', '--account', 'cem', '--role', 'auditor');
  await run('link', '--account', 'cem');
  expect(await roles()).toEqual({ ada: 'admin', ben: 'viewer', cem: 'auditor' });
});

test('a link does not change what an account may do', async () => {
  await run('link', '--account', 'ada');
  await run('link', '--account', 'ben');
  await expect(run('link', '--account', 'ben', '--role', 'admin')).rejects.toMatchObject({
    code: 'ACCOUNT_EXISTS',
  });
  await expect(run('link', '--account', 'BEN', '--role', 'admin')).rejects.toMatchObject({
    code: 'ACCOUNT_EXISTS',
  });
  expect(await roles()).toEqual({ ada: 'admin', ben: 'viewer' });
});

test('roles change and accounts are disabled and enabled, and the action log tells before and after', async () => {
  await run('link', '--account', 'ada');
  await run('link', '--account', 'ben');
  await run('role', 'ben', '--role', 'analyst');
  await run('disable', 'ben');
  expect(await roles()).toEqual({ ada: 'admin', ben: 'disabled' });
  await expect(run('link', '--account', 'ben')).rejects.toMatchObject({ code: 'ACCOUNT_DISABLED' });
  await run('enable', 'ben');
  expect(await roles()).toEqual({ ada: 'admin', ben: 'analyst' });

  await using store = await openStore(folder.path);
  const actions = await store.db.selectFrom('actions').selectAll().where('subject', '=', 'ben').execute();
  expect(actions.map(({ action, detail }) => [action, JSON.parse(detail)])).toEqual([
    ['account.create', { before: null, after: { role: 'viewer' } }],
    ['account.link', { expiresAt: expect.any(String) }],
    [
      'account.role',
      { before: { role: 'viewer', disabled: false }, after: { role: 'analyst', disabled: false } },
    ],
    [
      'account.disable',
      { before: { role: 'analyst', disabled: false }, after: { role: 'analyst', disabled: true } },
    ],
    [
      'account.enable',
      { before: { role: 'analyst', disabled: true }, after: { role: 'analyst', disabled: false } },
    ],
  ]);
  expect(actions[0]).toMatchObject({ source: 'command line', actor: expect.stringMatching(/^os:/) });
  expect(await verifyActions(store.db)).toMatchObject({ intact: true });
});

test('the last administrator stays one', async () => {
  await run('link', '--account', 'ada');
  await run('link', '--account', 'ben', '--role', 'admin');
  await run('disable', 'ben');
  await expect(run('disable', 'ada')).rejects.toMatchObject({ code: 'LAST_ADMIN' });
  await expect(run('role', 'ada', '--role', 'viewer')).rejects.toMatchObject({ code: 'LAST_ADMIN' });
  await run('enable', 'ben');
  await run('role', 'ada', '--role', 'viewer');
  expect(await roles()).toEqual({ ada: 'viewer', ben: 'admin' });
});

test.each([
  [['link', '--role', 'root'], 'USAGE'],
  [['link', '--account', 'a b'], 'USAGE'],
  [['role', 'ada'], 'USAGE'],
  [['role', 'nobody', '--role', 'viewer'], 'NOT_FOUND'],
  [['disable', 'nobody'], 'NOT_FOUND'],
  [['remove', 'ada'], 'USAGE'],
  [['list', 'ada', 'ben'], 'USAGE'],
])('farhand user %j is refused with %s', async (args, code) => {
  await expect(run(...args)).rejects.toMatchObject({ code });
});

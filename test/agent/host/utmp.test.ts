import { expect, test } from 'vitest';
import { type Files, filesUnder } from '../../../agent/host/linux/files.ts';
import { loginFromUtmp, readLogins } from '../../../agent/host/linux/logins.ts';
import { type UtmpEntry, utmpEntries } from '../../../agent/host/linux/utmp.ts';
import { emptyTree } from '../world.ts';
import { record } from './utmp-record.ts';

function optionsOf(files: Files) {
  return { files, processes: async () => [], connections: async () => [] };
}

test('a login over the network has its user, address and time', () => {
  expect(utmpEntries(record({ host: '203.0.113.9', address: [203, 0, 113, 9] }))).toEqual([
    {
      user: 'ada',
      line: 'pts/0',
      pid: 1_700,
      host: '203.0.113.9',
      ip: '203.0.113.9',
      startedAt: '2026-03-02T15:00:00.250Z',
    },
  ]);
});

test('an IPv6 address is read, and IPv4 inside IPv6 is IPv4', () => {
  const six = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
  const mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 9];
  const found = utmpEntries(Buffer.concat([record({ address: six }), record({ address: mapped })]));
  expect(found.map(({ ip }) => ip)).toEqual(['2001:db8::7', '203.0.113.9']);
});

test('boots, dead logins, nameless logins and half a record are no logins', () => {
  const file = Buffer.concat([
    record({ type: 2, user: 'reboot' }),
    record({ type: 8 }),
    record({ user: '' }),
    record({ user: 'bo' }),
    record({}).subarray(0, 200),
  ]);
  expect(utmpEntries(file).map(({ user }) => user)).toEqual(['bo']);
});

test('names that fill their field are read whole', () => {
  const user = 'u'.repeat(32);
  expect(utmpEntries(record({ user }))[0]?.user).toBe(user);
});

test('times after 2038 are later than today', () => {
  expect(utmpEntries(record({ seconds: 2_300_000_000 }))[0]?.startedAt).toBe('2042-11-19T08:53:20.250Z');
});

const entry: UtmpEntry = {
  user: 'ada',
  line: 'pts/3',
  pid: 1,
  host: '',
  startedAt: '2026-03-02T15:00:00.000Z',
};

test.each([
  ['a text console', { line: 'tty2' }, 'console'],
  ['a display', { line: ':0', host: ':0' }, 'console'],
  ['ssh', { host: '203.0.113.9', ip: '203.0.113.9' }, 'ssh'],
  ['ssh from a named host', { host: 'gw.example.com' }, 'ssh'],
  ['mosh', { host: '203.0.113.9 via mosh [4242]' }, 'ssh'],
  ['a terminal window', { host: ':0' }, undefined],
  ['a window without a host', {}, undefined],
  ['tmux', { host: 'tmux(4242).%1' }, undefined],
  ['screen', { host: ':pts/0:S.0' }, undefined],
] as const)('%s is recognized', (_title, more, method) => {
  expect(loginFromUtmp({ ...entry, ...more })?.method).toBe(method);
});

test('mosh and ssh tell the same address', () => {
  expect(loginFromUtmp({ ...entry, host: '203.0.113.9 via mosh [4242]' })?.from).toBe('203.0.113.9');
});

test('a login that both systemd and utmp know is told once', async () => {
  await using tree = await emptyTree();
  await tree.write(
    'run/systemd/sessions/5',
    'USER=ada\nSTATE=active\nREMOTE=1\nCLASS=user\nREMOTE_HOST=203.0.113.9\nSERVICE=sshd\nREALTIME=1772463600000000\n',
  );
  const same = record({ host: '203.0.113.9', address: [203, 0, 113, 9] });
  const later = record({ host: '203.0.113.9', address: [203, 0, 113, 9], seconds: 1_772_467_200 });
  await tree.write('run/utmp', Buffer.concat([same, later]));
  const logins = await readLogins(optionsOf(filesUnder(tree.root)), 'x64');
  expect(logins.map(({ startedAt }) => startedAt)).toEqual([
    '2026-03-02T15:00:00.000Z',
    '2026-03-02T16:00:00.250Z',
  ]);
});

test('logins of one user from two addresses at one time are two', async () => {
  await using tree = await emptyTree();
  await tree.write(
    'run/systemd/sessions/5',
    'USER=ada\nSTATE=active\nREMOTE=1\nCLASS=user\nREMOTE_HOST=203.0.113.9\nSERVICE=sshd\nREALTIME=1772463600000000\n',
  );
  await tree.write('run/utmp', record({ host: '203.0.113.10', address: [203, 0, 113, 10] }));
  const logins = await readLogins(optionsOf(filesUnder(tree.root)), 'x64');
  expect(logins.map(({ from }) => from)).toEqual(['203.0.113.9', '203.0.113.10']);
});

test('a login whose program is gone is no login', async () => {
  await using tree = await emptyTree();
  await tree.write('run/utmp', record({ host: '203.0.113.9' }));
  await tree.write('proc/1/comm', 'init\n');
  expect(await readLogins(optionsOf(filesUnder(tree.root)), 'x64')).toEqual([]);
  await tree.write('proc/1700/comm', 'sshd\n');
  expect(await readLogins(optionsOf(filesUnder(tree.root)), 'x64')).toHaveLength(1);
});

test('a file of another tool is read as that tool shows it', async () => {
  const files = filesUnder(new URL('../../fixtures/host/utmp', import.meta.url).pathname);
  expect(await readLogins(optionsOf(files), 'x64')).toEqual([
    { user: 'ada', method: 'console', startedAt: '2026-03-02T14:05:00.123Z' },
    { user: 'ada', method: 'ssh', from: '203.0.113.9', startedAt: '2026-03-02T15:00:00.250Z' },
    { user: 'bo', method: 'ssh', from: '2001:db8::7', startedAt: '2026-03-02T15:10:00.000Z' },
  ]);
});

test('utmp of a machine with other field widths is not guessed at', async () => {
  await using tree = await emptyTree();
  await tree.write('run/utmp', record({ host: '203.0.113.9' }));
  await expect(readLogins(optionsOf(filesUnder(tree.root)), 'arm64')).rejects.toMatchObject({
    code: 'PROBE_UNSUPPORTED',
  });
});

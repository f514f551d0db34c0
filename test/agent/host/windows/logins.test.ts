import { expect, test } from 'vitest';
import { historyIn } from '../../../../agent/host/windows/logins.ts';
import { runProbe } from '../../../../agent/probes/run-probe.ts';
import { sessionProbe } from '../../../../agent/probes/session.ts';
import { contextOf } from '../../world.ts';
import { documentOf, windowsOf } from './world.ts';

const document = documentOf('english', 'logins');
const denied = (id: string) => ({ fault: { id, category: 'NotSpecified', reason: 'EventLogException' } });
const SECURITY_DENIED = denied('LogInfoUnavailable,Microsoft.PowerShell.Commands.GetWinEventCommand');

const event = (id: number, at: string, ...values: string[]) => ({
  id,
  record: 0,
  at: `2026-03-02T${at}.0000000Z`,
  values,
});
const session = (id: number, at: string, address: string) => event(id, at, 'EXAMPLE\\ada', '3', address);
const told = (...desktops: object[]) =>
  historyIn({ ...document, desktops: { items: desktops }, arrivals: { items: [] }, logons: { items: [] } });

test.each(['LOCAL', 'LOKAL', 'ローカル'])(
  'a session whose address is the word %s is one at the screen',
  (address) => {
    expect(told(session(21, '10:00:00', address)).open).toEqual([
      { user: 'ada', method: 'console', startedAt: '2026-03-02T10:00:00.000Z' },
    ]);
  },
);

test.each(['16777216', '::%16777216', '0.0.0.0'])(
  'the address %s that a tunnel leaves is remote desktop from nobody knows where',
  (address) => {
    expect(told(session(21, '10:00:00', address)).open).toEqual([
      { user: 'ada', method: 'rdp', startedAt: '2026-03-02T10:00:00.000Z' },
    ]);
  },
);

test('an address is told without its zone, and remote desktop through this machine itself stays remote', () => {
  const [first] = told(session(21, '10:00:00', 'fe80::2%7')).open;
  const [second] = told(session(25, '10:00:00', '127.0.0.1')).open;
  expect(first).toMatchObject({ method: 'rdp', from: 'fe80::2' });
  expect(second).toMatchObject({ method: 'rdp', from: '127.0.0.1' });
});

test('disconnecting ends a login, coming back begins another, and the shell alone tells of a logon that was overwritten', () => {
  const { open, ended } = told(
    session(22, '09:00:00', 'LOCAL'),
    session(24, '10:00:00', 'LOCAL'),
    session(25, '11:00:00', '192.0.2.7'),
  );
  expect(ended).toMatchObject([{ method: 'console', endedAt: '2026-03-02T10:00:00.000Z' }]);
  expect(open).toMatchObject([{ method: 'rdp', from: '192.0.2.7', startedAt: '2026-03-02T11:00:00.000Z' }]);
});

test('authentication at the door alone is no login', () => {
  const arrivals = { items: [event(1149, '10:00:00', 'ada', 'EXAMPLE', '203.0.113.9')] };
  const empty = { items: [] };
  expect(historyIn({ ...document, desktops: empty, logons: empty, arrivals })).toEqual({
    open: [],
    ended: [],
  });
});

test('without the security log, sessions are told without the name of the client', async () => {
  const host = windowsOf('german', { logins: { logons: SECURITY_DENIED } });
  expect(await host.logins()).toEqual([
    { user: 'ada', method: 'rdp', from: '198.51.100.7', startedAt: '2026-03-02T12:00:01.000Z' },
  ]);
});

test('without the log of the session manager, the security log tells', async () => {
  const host = windowsOf('english', { logins: { desktops: denied('NoMatchingLogsFound,x') } });
  expect(await host.logins()).toEqual([
    {
      user: 'ada',
      method: 'rdp',
      from: '198.51.100.7',
      clientName: 'FAR-DESK',
      startedAt: '2026-03-02T12:00:00.900Z',
    },
  ]);
  expect((await host.endedLogins('2026-03-02T00:00:00.000Z')).logins).toEqual([
    {
      user: 'ada',
      method: 'console',
      startedAt: '2026-03-02T08:01:00.000Z',
      endedAt: '2026-03-02T12:00:00.900Z',
    },
    {
      user: 'support',
      method: 'rdp',
      startedAt: '2026-03-02T12:59:59.900Z',
      endedAt: '2026-03-02T13:10:00.200Z',
    },
  ]);
});

const SID = 'S-1-5-21-1-2-3-1001';
const logon = (at: string, { sid = SID, id = '1', type = '2', process = 'User32 ', ip = '-' }) => {
  const values = Array.from({ length: 20 }, () => '');
  Object.assign(values, { 4: sid, 5: 'ada', 7: id, 8: type, 9: process, 18: ip });
  return event(4624, at, ...values);
};
const secured = (...logons: object[]) =>
  historyIn({ ...document, desktops: denied('x'), logons: { items: logons } });

test('unlocking the screen begins nothing, and coming back from afar does', () => {
  const atDesk = logon('09:00:00', {});
  const { open } = secured(atDesk, logon('11:00:00', { id: '2', type: '7' }));
  expect(open).toMatchObject([{ method: 'console', startedAt: '2026-03-02T09:00:00.000Z' }]);
  const left = event(4779, '10:00:00', 'ada', 'EXAMPLE', '1', 'Console', '', 'LOCAL');
  const back = logon('11:00:00', { id: '3', type: '7', ip: '192.0.2.7' });
  const backOver = event(4634, '11:00:01', SID, 'ada', 'EXAMPLE', '3', '7');
  for (const events of [
    [atDesk, back, backOver],
    [atDesk, left, back, backOver],
  ]) {
    const history = secured(...events);
    expect(history.open).toMatchObject([{ method: 'rdp', from: '192.0.2.7' }]);
    expect(history.ended).toMatchObject([{ method: 'console' }]);
  }
});

test('kept credentials at the machine are a login at the screen', () => {
  expect(secured(logon('09:00:00', { type: '11' })).open).toMatchObject([{ method: 'console' }]);
});

test.each([
  ['a service account', { sid: 'S-1-5-18' }],
  ['the window manager', { sid: 'S-1-5-90-0-1' }],
  ['runas', { process: 'seclogo' }],
  ['a file share', { type: '3', ip: '192.0.2.7' }],
])('%s is nobody who logged in', (_, more) => {
  expect(secured(logon('09:00:00', more)).open).toEqual([]);
});

test('where both logs are closed, logins are denied and what would open them is said', async () => {
  const host = windowsOf('japanese', { logins: { desktops: SECURITY_DENIED, logons: SECURITY_DENIED } });
  await expect(host.logins()).rejects.toMatchObject({
    code: 'PROBE_DENIED',
    context: { reason: 'LogInfoUnavailable', remedy: expect.stringContaining('Event Log Readers') },
  });
});

test('a login that came and went between two documents is told, though the probe looked in between', async () => {
  const at = (minute: number) => `2026-03-02T14:${String(minute).padStart(2, '0')}:00.0000000Z`;
  const visit = [
    { id: 21, record: 1, at: at(6), values: ['EXAMPLE\\grace', '4', '203.0.113.4'] },
    { id: 23, record: 2, at: at(9), values: ['EXAMPLE\\grace', '4'] },
  ];
  const first = windowsOf('english', { logins: { now: { items: [at(5)] } } });
  const { items } = document.desktops;
  const later = windowsOf('english', {
    logins: { now: { items: [at(10)] }, desktops: { items: [...items, ...visit] } },
  });
  let current = first;
  const host = {
    ...first,
    now: () => '2026-03-02T14:08:00.000Z',
    logins: () => current.logins(),
    endedLogins: (after: string) => current.endedLogins(after),
  };
  expect((await runProbe(sessionProbe, contextOf(host))).health).toBe('ok');
  current = later;
  const outcome = await runProbe(sessionProbe, contextOf(host));
  expect(outcome).toMatchObject({
    health: 'ok',
    past: [
      { change: 'began', fact: { user: 'grace', from: '203.0.113.4' }, at: '2026-03-02T14:06:00.000Z' },
      { change: 'ended', at: '2026-03-02T14:09:00.000Z' },
    ],
  });
});

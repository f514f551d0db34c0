import { expect, onTestFinished, test, vi } from 'vitest';
import type { AllowedCommand } from '../../../agent/host/commands.ts';
import type { Connection } from '../../../agent/host/host.ts';
import { MAC_COMMANDS } from '../../../agent/host/macos/commands.ts';
import { loginsIn, screenSharingReader } from '../../../agent/host/macos/logins.ts';
import { fixture, macMachine } from './mac-machine.ts';

const NOW = '2026-03-03T08:00:00.000Z';

test('people at the screen and from elsewhere are told, windows and terminal multiplexers of theirs are not', () => {
  expect(loginsIn(fixture('laptop', 'logins'), NOW)).toEqual([
    { user: 'ada', method: 'console', startedAt: '2026-03-02T14:05:00.000Z' },
    { user: 'ada', method: 'ssh', from: '203.0.113.9', startedAt: '2026-03-02T15:00:00.000Z' },
    { user: 'bo', method: 'ssh', from: '2001:db8::7', startedAt: '2025-12-30T23:10:00.000Z' },
    { user: 'bo', method: 'ssh', startedAt: '2026-03-02T15:20:00.000Z' },
  ]);
});

test('nobody is logged in where who prints nothing', () => {
  expect(loginsIn('', NOW)).toEqual([]);
});

test('a clock that was set back a little does not make a login a year old', () => {
  const [login] = loginsIn('ada              console      Mar  3 08:30 \n', NOW);
  expect(login?.startedAt).toBe('2026-03-03T08:30:00.000Z');
});

test('a month in another language is no login, and a failure when it is all there is', () => {
  expect(() => loginsIn('ada              console      Mär  2 14:05 \n', NOW)).toThrow('PROBE_FAILED');
});

/** A log that can be written to, and a count of how often it was read. */
function sharing({ log = fixture('laptop', 'screenSharing'), canReadLog = true } = {}) {
  const read = { times: 0 };
  const output = async (command: AllowedCommand): Promise<string> => {
    expect(command).toBe(MAC_COMMANDS.screenSharing);
    read.times += 1;
    return log;
  };
  return { read, logins: screenSharingReader({ output, canReadLog }) };
}

function connection(peer: string, { port = 5900, peerPort = 50_000 } = {}): Connection {
  return { address: '192.0.2.10', port, peer, peerPort, socket: `${port} ${peer} ${peerPort}` };
}

test('a connection to Screen Sharing and its line in the log are a login, however many connections it has', async () => {
  const { logins, read } = sharing();
  const connections = [connection('203.0.113.50'), connection('203.0.113.50', { peerPort: 50_001 })];
  const told = [
    { user: 'ada', method: 'screen-sharing', from: '203.0.113.50', startedAt: '2026-03-02T15:30:00.123Z' },
  ];
  expect(await logins(connections)).toEqual(told);
  expect(await logins(connections)).toEqual(told);
  expect(read.times).toBe(1);
});

test('a login ends with its connection, although its line stays in the log', async () => {
  const { logins } = sharing();
  expect(await logins([connection('203.0.113.50')])).toHaveLength(1);
  expect(await logins([])).toEqual([]);
});

test('the log is not read without a connection to Screen Sharing', async () => {
  const { logins, read } = sharing();
  expect(await logins([connection('203.0.113.50', { port: 22 })])).toEqual([]);
  expect(read.times).toBe(0);
});

test('a name that imitates the line cannot change the address', async () => {
  const { logins } = sharing();
  expect(await logins([connection('198.51.100.1')])).toEqual([]);
  expect(await logins([connection('203.0.113.51')])).toEqual([
    {
      user: 'x :: Viewer Address: 198.51.100.1',
      method: 'screen-sharing',
      from: '203.0.113.51',
      startedAt: '2026-03-02T15:40:00.000Z',
    },
  ]);
});

test('a connection without a line in the log is no login, and the log is not read again at once', async () => {
  const { logins, read } = sharing({ log: '{"count":0,"finished":1}\n' });
  for (let round = 0; round < 10; round += 1) expect(await logins([connection('203.0.113.50')])).toEqual([]);
  expect(read.times).toBe(1);
});

test('the log is read again after a minute, and no more after some minutes', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const { logins, read } = sharing({ log: '{"count":0,"finished":1}\n' });
  const timesAfter = async (milliseconds: number): Promise<number> => {
    vi.advanceTimersByTime(milliseconds);
    await logins([connection('203.0.113.50')]);
    return read.times;
  };
  expect(await timesAfter(0)).toBe(1);
  expect(await timesAfter(30_000)).toBe(1);
  expect(await timesAfter(31_000)).toBe(2);
  expect(await timesAfter(600_000)).toBe(2);
});

test('without the right to read the log, a connection to Screen Sharing is a missing right, and none is nothing', async () => {
  const { logins, read } = sharing({ canReadLog: false });
  expect(await logins([])).toEqual([]);
  await expect(logins([connection('203.0.113.50')])).rejects.toMatchObject({
    code: 'PROBE_DENIED',
    context: { needs: 'the rights of an administrator' },
  });
  expect(read.times).toBe(0);
});

test.each(['not JSON\n', '{"timestamp":7}\n', '{"eventMessage":"Authentication'])(
  'a log of %j is a failure, and is not read again at once',
  async (log) => {
    const { logins, read } = sharing({ log });
    for (let round = 0; round < 2; round += 1)
      await expect(logins([connection('203.0.113.50')])).rejects.toMatchObject({ code: 'PROBE_FAILED' });
    expect(read.times).toBe(1);
  },
);

test('the host joins both', async () => {
  const tcp = `${fixture('laptop', 'tcp')}tcp4       0      0  192.0.2.10.5900        203.0.113.50.50000     ESTABLISHED\n`;
  const told = await macMachine({ prints: { tcp } }).host.logins();
  expect(told.map(({ method }) => method)).toEqual(['console', 'ssh', 'ssh', 'ssh', 'screen-sharing']);
});

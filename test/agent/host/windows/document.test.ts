import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { AllowedCommand } from '../../../../agent/host/commands.ts';
import { outputOf } from '../../../../agent/host/commands.ts';
import { documentReader } from '../../../../agent/host/windows/document.ts';
import { POWERSHELL } from '../../../../agent/host/windows/documents.ts';
import { itemsOf, listOf, partOf } from '../../../../agent/host/windows/parts.ts';
import { type DocumentName, documentOf, textOf, windowsOf } from './world.ts';

/** A real program that prints what PowerShell should not. */
function programOf(code: string, more: Partial<AllowedCommand> = {}): AllowedCommand {
  return {
    path: process.execPath,
    args: ['-e', code],
    timeoutMs: 10_000,
    maxBytes: 8 * 1024 * 1024,
    ...more,
  };
}

function readerOf(command: AllowedCommand) {
  const schema = z.object({ a: z.number() });
  return documentReader({ command, schema, read: outputOf, mono: () => performance.now(), leastMs: 60_000 });
}

test.each<[string, AllowedCommand, string]>([
  ['nothing', programOf(''), 'PROBE_FAILED'],
  ['half a document', programOf('process.stdout.write(\'{"a":\')'), 'PROBE_FAILED'],
  ['a sentence in some language', programOf('console.log("Zugriff verweigert: 拒否")'), 'PROBE_FAILED'],
  ['another document', programOf('console.log(\'{"b":1}\')'), 'PROBE_FAILED'],
  ['100 MB', programOf('for(let i=0;i<100;i++)process.stdout.write("x".repeat(1<<20))'), 'PROBE_FAILED'],
  ['nothing for ever', programOf('setInterval(()=>{},1e3)', { timeoutMs: 200 }), 'PROBE_FAILED'],
  ['nothing and fails', programOf('process.exitCode=3'), 'PROBE_FAILED'],
  ['nothing as it is not there', programOf('', { path: '/absent/powershell.exe' }), 'PROBE_UNSUPPORTED'],
])('a program that prints %s gives a coded error', async (_, command, code) => {
  await expect(readerOf(command)()).rejects.toMatchObject({ name: 'CodedError', code });
});

test('what was printed is not repeated in an error', async () => {
  const answer = readerOf(programOf('console.log("secret of ada")'))();
  await expect(answer).rejects.not.toThrow(/secret/);
});

test('a byte order mark is no damage', async () => {
  expect(await readerOf(programOf('console.log("\\uFEFF{\\"a\\":1}")'))()).toEqual({ a: 1 });
});

/** A program whose time stands in a variable. */
function clocked({ tookMs = 0, leastMs = 1_000 } = {}) {
  const state = { now: 0, sign: 'one', starts: 0 };
  const read = documentReader({
    command: POWERSHELL.fast,
    schema: z.object({ a: z.number() }),
    mono: () => state.now,
    leastMs,
    sign: () => state.sign,
    async read() {
      state.starts += 1;
      state.now += tookMs;
      if (state.sign === 'broken') return '';
      return `{"a":${state.starts}}`;
    },
  });
  return { state, read };
}

test('all who ask at once share one document', async () => {
  const { state, read } = clocked();
  await Promise.all([read(), read(), read()]);
  expect(state.starts).toBe(1);
});

test('a document is made anew when its time is over', async () => {
  const { state, read } = clocked();
  await read();
  state.now += 999;
  expect(await read()).toEqual({ a: 1 });
  state.now += 1;
  expect(await read()).toEqual({ a: 2 });
});

test('a slow document is made less often, so that making it stays below one percent of the time', async () => {
  const { state, read } = clocked({ tookMs: 500 });
  await read();
  state.now = 500 + 59_000;
  await read();
  expect(state.starts).toBe(1);
  state.now = 60_500;
  await read();
  expect(state.starts).toBe(2);
});

test('a changed sign makes a document anew, though not within seconds', async () => {
  const { state, read } = clocked({ leastMs: 60_000 });
  await read();
  state.sign = 'two';
  state.now = 4_999;
  expect(await read()).toEqual({ a: 1 });
  state.now = 5_000;
  expect(await read()).toEqual({ a: 2 });
});

test('a failure is kept like an answer, so that a broken program is not started again by everybody', async () => {
  const { state, read } = clocked();
  state.sign = 'broken';
  await expect(read()).rejects.toMatchObject({ code: 'PROBE_FAILED' });
  await expect(read()).rejects.toMatchObject({ code: 'PROBE_FAILED' });
  expect(state.starts).toBe(1);
});

test.each<[string, unknown, readonly number[]]>([
  ['a list', [1, 2], [1, 2]],
  ['its only item', 1, [1]],
  ['nothing', null, []],
  ['a wrapped list', { value: [1], Count: 1 }, [1]],
  ['an empty wrapped list', { value: [], Count: 0 }, []],
])('PowerShell may write a list as %s', (_, written, expected) => {
  expect(z.parse(listOf(z.number()), written)).toEqual(expected);
});

test.each([
  ['HRESULT 0x80041003,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand', 'PROBE_DENIED'],
  ['System.UnauthorizedAccessException,Microsoft.PowerShell.Commands.GetItemPropertyCommand', 'PROBE_DENIED'],
  [
    'HRESULT 0x80041010,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand',
    'PROBE_UNSUPPORTED',
  ],
  ['NoMatchingLogsFound,Microsoft.PowerShell.Commands.GetWinEventCommand', 'PROBE_UNSUPPORTED'],
  ['CommandNotFoundException', 'PROBE_UNSUPPORTED'],
  ['', 'PROBE_FAILED'],
])('a fault %s is %s', (id, code) => {
  const part = z.parse(partOf(z.number()), { fault: { id, category: 'NotSpecified', reason: null } });
  expect(() => itemsOf(part, { source: 'example' })).toThrow(expect.objectContaining({ code }));
});

test('a fault for lack of a right is denied, whatever it is called', () => {
  const part = z.parse(partOf(z.number()), {
    fault: { id: 'x', category: 'PermissionDenied', reason: 'SecurityException' },
  });
  expect(() => itemsOf(part, { source: 'example' })).toThrow(
    expect.objectContaining({ code: 'PROBE_DENIED', context: { path: 'example', reason: 'x' } }),
  );
});

test('one source that fails leaves the others of its document alone', async () => {
  const fault = { fault: { id: 'HRESULT 0x80041010', category: 'NotSpecified', reason: 'CimException' } };
  const host = windowsOf('english', { slow: { services: fault } });
  await expect(host.services()).rejects.toMatchObject({ code: 'PROBE_UNSUPPORTED' });
  expect((await host.packages()).map(({ name }) => name)).toContain('AnyDesk');
});

test.each(Object.keys(POWERSHELL) as DocumentName[])(
  'the document "%s" cut anywhere is never taken for a whole one',
  async (name) => {
    const text = textOf('japanese', name).trimEnd();
    for (const share of [0.1, 0.5, 0.99]) {
      const host = windowsOf('japanese', { [name]: text.slice(0, Math.floor(text.length * share)) });
      const ask = {
        fast: host.processes,
        network: host.routes,
        logins: host.logins,
        slow: host.machine,
        hardware: host.sleeps,
      };
      await expect(ask[name]()).rejects.toMatchObject({ code: 'PROBE_FAILED' });
    }
  },
);

test('where PowerShell gives nothing, the boot is still known', async () => {
  expect(await windowsOf('english', { slow: '' }).bootId()).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('of more processes than anybody has, 5,000 are told, beside 20,000 sockets', async () => {
  const { processes, tcp } = documentOf('english', 'fast');
  const repeated = <T>(items: readonly T[], count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...items[index % items.length], pid: 10_000 + index }));
  const host = windowsOf('english', {
    fast: {
      processes: { items: repeated(processes.items, 6_000) },
      tcp: { items: repeated(tcp.items, 20_000) },
    },
  });
  expect(await host.processes()).toHaveLength(5_000);
  expect((await host.listeners()).length + (await host.connections()).length).toBe(20_001);
});

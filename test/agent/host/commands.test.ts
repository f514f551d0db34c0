import { expect, test } from 'vitest';
import { type AllowedCommand, outputOf } from '../../../agent/host/commands.ts';

function shell(script: string, more: Partial<AllowedCommand> = {}): AllowedCommand {
  return { path: '/bin/sh', args: ['-c', script], timeoutMs: 5_000, maxBytes: 1_000, ...more };
}

test('a program speaks plain English and tells times in UTC, whatever the user set', async () => {
  expect(await outputOf(shell('echo "$LANG $LC_ALL $TZ $HOME"'))).toBe('C C UTC \n');
});

test('what a program printed counts when it ends with the code by which it says that this is not all', async () => {
  expect(await outputOf(shell('echo some; exit 1', { exitOfNothing: 1 }))).toBe('some\n');
  await expect(outputOf(shell('echo some; exit 2', { exitOfNothing: 1 }))).rejects.toMatchObject({
    code: 'PROBE_FAILED',
    context: { reason: 'ended with 2' },
  });
  await expect(outputOf(shell('echo some; exit 1'))).rejects.toMatchObject({ code: 'PROBE_FAILED' });
});

test('a program that hangs, prints too much or is not there is told as such', async () => {
  await expect(outputOf(shell('exec sleep 60', { timeoutMs: 50, exitOfNothing: 1 }))).rejects.toMatchObject({
    context: { reason: 'did not end in time' },
  });
  await expect(outputOf(shell('yes', { exitOfNothing: 1 }))).rejects.toMatchObject({
    context: { reason: 'printed too much' },
  });
  await expect(outputOf(shell('', { path: '/nowhere/program' }))).rejects.toMatchObject({
    code: 'PROBE_UNSUPPORTED',
  });
});

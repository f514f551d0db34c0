import { vi } from 'vitest';
import type { Command } from '../../server/commands/command.ts';

/** Runs a command of the collector in this process and gives what it printed on stdout. */
export async function said(command: Command, args: readonly string[]): Promise<string> {
  let printed = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
  try {
    await command.run(args);
    return printed;
  } finally {
    spy.mockRestore();
  }
}

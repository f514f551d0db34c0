import { existsSync, readFileSync } from 'node:fs';
import type { AllowedCommand } from '../../../agent/host/commands.ts';
import type { Host } from '../../../agent/host/host.ts';
import { MAC_COMMANDS } from '../../../agent/host/macos/commands.ts';
import { type MacosHostOptions, macosHost } from '../../../agent/host/macos/macos-host.ts';
import { CodedError } from '../../../shared/errors.ts';

export type MacCommand = keyof typeof MAC_COMMANDS;

export interface MacMachine {
  readonly host: Host;
  /** What the programs print from now on, in place of the fixtures; an error is thrown. */
  readonly prints: Partial<Record<MacCommand, string | CodedError>>;
  /** Programs that were started, in order. */
  readonly started: MacCommand[];
}

interface MacMachineOptions extends Omit<MacosHostOptions, 'output'> {
  /** The folder of test/fixtures/macos that goes before `laptop`. */
  readonly state?: string;
  readonly prints?: MacMachine['prints'];
}

/** A Mac whose programs repeat fixtures, within the limits that `outputOf` keeps. */
export function macMachine({
  state = 'laptop',
  prints = {},
  ...options
}: MacMachineOptions = {}): MacMachine {
  const started: MacCommand[] = [];
  const now = { ...prints };
  const output = async (command: AllowedCommand): Promise<string> => {
    const name = nameOf(command);
    started.push(name);
    const text = now[name] ?? fixture(existsSync(fileOf(state, name)) ? state : 'laptop', name);
    if (text instanceof CodedError) throw text;
    if (Buffer.byteLength(text) <= command.maxBytes) return text;
    throw new CodedError('PROBE_FAILED', { path: command.path, reason: 'printed too much' });
  };
  const host = macosHost({ root: '/nowhere', isRoot: true, isAdmin: true, ...options, output });
  return { host, prints: now, started };
}

function nameOf(command: AllowedCommand): MacCommand {
  const found = Object.entries(MAC_COMMANDS).find(([, known]) => known === command);
  if (!found) throw new Error('a program that is not on the list');
  return found[0] as MacCommand;
}

export function fixture(state: string, name: MacCommand): string {
  return readFileSync(fileOf(state, name), 'utf8');
}

function fileOf(state: string, name: MacCommand): URL {
  return new URL(`../../fixtures/macos/${state}/${name}`, import.meta.url);
}

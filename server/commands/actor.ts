import { userInfo } from 'node:os';
import type { Action } from '../store/actions.ts';

/** Who runs a command, for the action log. */
export function commandLine(): Pick<Action, 'actor' | 'source'> {
  return { actor: `os:${userName()}`, source: 'command line' };
}

/** Containers may run under a number that has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return 'unnamed operating-system user';
    throw error;
  }
}

import { userInfo } from 'node:os';
import type { Action } from '../store/actions.ts';

/** Who runs a command, for the action log. */
export function commandLine(): Pick<Action, 'actor' | 'source'> {
  return { actor: `os:${userInfo().username}`, source: 'command line' };
}

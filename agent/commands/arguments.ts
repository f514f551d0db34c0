import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { CodedError } from '../../shared/errors.ts';

const COMMON = {
  'data-dir': { type: 'string' },
  'log-level': { type: 'string' },
} as const satisfies ParseArgsOptionsConfig;

/** Reads the options of a command; every command knows --data-dir and --log-level. Throws USAGE for anything else. */
export function optionsOf<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    const { values } = parseArgs({ args: [...args], options: { ...COMMON, ...options }, strict: true });
    return values;
  } catch (cause) {
    throw new CodedError('USAGE', { reason: cause instanceof Error ? cause.message : '' }, { cause });
  }
}

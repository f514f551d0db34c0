import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { CodedError } from '../../shared/errors.ts';

/** Node's parseArgs in strict mode. Throws USAGE with its sentence. */
export function optionsOf<const O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals });
  } catch (cause) {
    throw new CodedError(
      'USAGE',
      { reason: cause instanceof Error ? cause.message : String(cause) },
      { cause },
    );
  }
}

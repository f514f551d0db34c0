import { accessSync, constants, mkdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { CodedError } from '../../shared/errors.ts';
import type { Config } from '../config.ts';

/** Where schedules may write: whoever may ask for packs must not get a hand on the rest of the machine. */
export interface PackFolders {
  /** The usual one first. */
  readonly all: readonly string[];
  /**
   * The folder itself, whatever links lead to it. It is never made: what is missing is often a disk that is not mounted.
   * Throws SCHEDULE_INVALID.
   */
  resolve(folder: string | null): string;
}

export function packFolders({
  dataDir,
  packFolders: more,
}: Pick<Config, 'dataDir' | 'packFolders'>): PackFolders {
  const usual = join(dataDir, 'packs');
  const all = [usual, ...more];
  return {
    all,
    resolve(folder) {
      if (folder === null || folder === usual) mkdirSync(usual, { recursive: true, mode: 0o700 });
      const real = realOf(folder ?? usual);
      const allowed = all.some((known) => isWithin(real, knownReal(known)));
      if (!allowed)
        throw new CodedError('SCHEDULE_INVALID', {
          folder,
          reason: 'it is not within `packFolders` of the configuration',
        });
      return real;
    },
  };
}

function realOf(folder: string): string {
  try {
    const real = realpathSync(folder);
    if (!statSync(real).isDirectory())
      throw new CodedError('SCHEDULE_INVALID', { folder, reason: 'it is no folder' });
    accessSync(real, constants.W_OK);
    return real;
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    throw new CodedError('SCHEDULE_INVALID', { folder, reason }, { cause });
  }
}

/** A folder that is not there allows nothing. */
function knownReal(folder: string): string | undefined {
  return statSync(folder, { throwIfNoEntry: false }) ? realpathSync(folder) : undefined;
}

function isWithin(path: string, folder: string | undefined): boolean {
  return folder !== undefined && (path === folder || path.startsWith(folder + sep));
}

import { CodedError } from '../../shared/errors.ts';
import type { ContractorEntry } from '../store/contractors.ts';
import { declarationOf, type RosterEntry } from './entry.ts';
import { type Known, parseRoster, type RosterFormat } from './parse-roster.ts';
import type { RosterProblem } from './problem.ts';

export const MOST_ROSTER_BYTES = 10 * 1024 * 1024;

export interface Reading extends Known {
  readonly format: RosterFormat;
  /** The keyed hash of a serial number. */
  readonly hash: (serial: string) => string;
}

export type ReadRoster =
  | { readonly entries: readonly ContractorEntry[] }
  | { readonly problems: readonly RosterProblem[] };

/** What a file asks to be stored, or everything that is wrong with it. Throws ROSTER_INVALID for what is no UTF-8 text. */
export function readRoster(content: Uint8Array, { format, hash, ...known }: Reading): ReadRoster {
  const parsed = parseRoster(textOf(content), format, known);
  if ('problems' in parsed) return parsed;
  return { entries: parsed.entries.map((entry) => contractorOf(entry, hash)) };
}

function textOf(content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw new CodedError('ROSTER_INVALID', { reason: 'not UTF-8 text; save it as CSV UTF-8' }, { cause });
  }
}

function contractorOf(entry: RosterEntry, hash: (serial: string) => string): ContractorEntry {
  const declaration = declarationOf(entry, hash);
  return {
    id: entry.id,
    ...(entry.label === undefined ? {} : { label: entry.label }),
    ...(declaration ? { declaration } : {}),
    endpoints: entry.endpoints ?? [],
  };
}

import { ERRORS, type ErrorCode } from '../shared/errors.ts';
import { HOUR, MINUTE, SECOND } from '../shared/time.ts';

const BASE_MS = SECOND / 2;
const CAP_MS = MINUTE;

/** Why a conversation is over, as far as it decides when the next one may begin. */
export interface Ending {
  /** The code of the collector's `bye`. */
  readonly bye?: string;
  readonly retryAfterMs?: number;
}

/** After these the spool has made itself anew or the other one has the floor, so waiting for a person would help nobody. */
const NOT_FINAL: ReadonlySet<string> = new Set<ErrorCode>([
  'CHAIN_BREAK',
  'EPOCH_CLOSED',
  'ENDPOINT_CLONED',
  'CONNECTION_REPLACED',
]);

/**
 * How long to wait before the connection after `failures` useless ones: full jitter under a ceiling that doubles, so that a fleet
 * does not come back in step. Where only a person can help, about an hour.
 */
export function delayMs(ending: Ending, failures: number, random: () => number = Math.random): number {
  const { bye, retryAfterMs = 0 } = ending;
  if (bye !== undefined && isFinal(bye)) return Math.max(retryAfterMs, HOUR * (0.9 + random() * 0.2));
  // Two machines with one identity would otherwise throw each other out many times a second.
  if (bye === 'CONNECTION_REPLACED') return Math.max(retryAfterMs, CAP_MS * (0.5 + random()));
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 20));
  return retryAfterMs + random() * ceiling;
}

/** Whether only a person can make the collector take this endpoint again. Codes that this version does not know are retried. */
export function isFinal(code: string): boolean {
  return isErrorCode(code) && !ERRORS[code].retry && !NOT_FINAL.has(code);
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

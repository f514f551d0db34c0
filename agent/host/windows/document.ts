import * as z from 'zod/mini';
import { CodedError } from '../../../shared/errors.ts';
import { problemsOf } from '../../../shared/problems.ts';
import { MINUTE, SECOND } from '../../../shared/time.ts';
import type { AllowedCommand } from '../commands.ts';

export type ReadCommand = (command: AllowedCommand) => Promise<string>;

export interface DocumentOptions<T> {
  readonly command: AllowedCommand;
  readonly schema: z.ZodMiniType<T>;
  readonly read: ReadCommand;
  mono(): number;
  /** It is made anew after this time at the earliest. */
  readonly leastMs: number;
  /** Another text when what it tells of may have changed: then it is made anew at once, but for `HURRY_MS`. */
  readonly sign?: () => string;
}

/** A document may be in the making for one part in so many of all time, so that starting PowerShell stays below 1 % of one core each. */
const SHARE = 120;
const MOST_MS = 10 * MINUTE;
const HURRY_MS = 5 * SECOND;

/**
 * One JSON document that a fixed script prints, kept for a while: all who ask in one round get the same one, and a failure is kept as
 * long as an answer, so that a program which hangs is not started by each of them. Never a second one beside one under way.
 */
export function documentReader<T>(options: DocumentOptions<T>): () => Promise<T> {
  const { command, schema, read, mono, leastMs, sign } = options;
  let kept:
    | { readonly answer: Promise<T>; readonly sign: string | undefined; readonly startedAt: number }
    | undefined;
  let tookMs: number | undefined;

  function isGood(now: string | undefined): boolean {
    if (!kept) return false;
    if (tookMs === undefined) return true;
    const age = mono() - kept.startedAt;
    if (kept.sign !== now && age >= HURRY_MS) return false;
    return age < Math.max(leastMs, Math.min(MOST_MS, tookMs * SHARE));
  }

  return () => {
    const now = sign?.();
    if (kept && isGood(now)) return kept.answer;
    const startedAt = mono();
    tookMs = undefined;
    const answer = read(command)
      .finally(() => {
        tookMs = mono() - startedAt;
      })
      .then((text) => parsed(text, schema));
    kept = { answer, sign: now, startedAt };
    return answer;
  };
}

function parsed<T>(text: string, schema: z.ZodMiniType<T>): T {
  const result = z.safeParse(schema, json(text));
  if (result.success) return result.data;
  throw new CodedError('PROBE_FAILED', { reason: problemsOf(result.error) });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    // The message would quote what was printed.
    throw new CodedError('PROBE_FAILED', { reason: `no JSON in ${text.length} characters` }, { cause });
  }
}

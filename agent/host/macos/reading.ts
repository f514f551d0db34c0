import * as z from 'zod/mini';
import { CodedError } from '../../../shared/errors.ts';
import type { AllowedCommand } from '../commands.ts';

/** Starts a program of the list and gives what it printed; `outputOf`, and something that repeats fixtures in tests. */
export type Output = (command: AllowedCommand) => Promise<string>;

/** Whole lines. Text that stops within a line was cut off, and half of it would look as if the rest had ended. */
export function linesOf(text: string): readonly string[] {
  if (text !== '' && !text.endsWith('\n')) throw unreadable('cut off');
  return text.split('\n').slice(0, -1);
}

/** What `read` makes of each line. Lines that it does not know are passed over, but not all of them. */
export function knownLines<T>(lines: readonly string[], read: (line: string) => T | undefined): readonly T[] {
  const known = lines.flatMap((line) => read(line) ?? []);
  if (known.length === 0 && lines.some((line) => line.trim() !== ''))
    throw unreadable('no line of a known form');
  return known;
}

export function jsonOf<S extends z.core.$ZodType>(schema: S, text: string): z.output<S> {
  try {
    return z.parse(schema, JSON.parse(text));
  } catch (thrown) {
    throw new CodedError('PROBE_FAILED', { reason: 'no JSON of a known form' }, { cause: thrown });
  }
}

export function unreadable(reason: string): CodedError {
  return new CodedError('PROBE_FAILED', { reason });
}

/** Asks anew after `ms` only; calls until then share an answer. A failure is not kept. */
export function keptFor<T>(ms: number, read: () => Promise<T>): () => Promise<T> {
  let kept: { readonly answer: Promise<T>; readonly at: number } | undefined;
  return () => {
    const now = performance.now();
    if (kept && now - kept.at < ms) return kept.answer;
    const answer = read();
    kept = { answer, at: now };
    const forget = (): void => {
      if (kept?.answer === answer) kept = undefined;
    };
    answer.then(undefined, forget);
    return answer;
  };
}

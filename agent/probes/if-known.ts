import { CodedError } from '../../shared/errors.ts';

/** The answer of a host, or undefined where it has no source or no right: for what a probe only adds to its facts. */
export async function ifKnown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (thrown) {
    if (thrown instanceof CodedError && thrown.code !== 'PROBE_FAILED') return undefined;
    throw thrown;
  }
}

import * as z from 'zod/mini';
import { CodedError, codedError } from '../../shared/errors.ts';
import { type Fact, factIdentitySchema, factKey, factSchema, type ProbeHealth } from '../../shared/facts.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { problemsOf } from '../../shared/problems.ts';
import type { Look, Probe, ProbeContext } from './probe.ts';

const MAX_FACTS = 200;

/** What a run gave: facts by key, and what was left out; or why it could not look. */
export type Outcome =
  | {
      readonly health: 'ok';
      readonly facts: ReadonlyMap<string, Fact>;
      readonly past: readonly TimedChange[];
      readonly leftOut: readonly string[];
    }
  | {
      readonly health: Exclude<ProbeHealth, 'ok'>;
      readonly error: CodedError;
      /** Set when the run was given up: settles when the probe itself comes back, if ever. */
      readonly hanging?: Promise<void>;
    };

/** The one way to run a probe: nothing that it throws, hangs in or makes up comes through. Settles within the probe's timeout. */
export async function runProbe(probe: Probe, context: ProbeContext): Promise<Outcome> {
  const giveUp = new AbortController();
  const stop = (): void => giveUp.abort(new CodedError('PROBE_FAILED', { reason: 'stopped' }));
  const timer = setTimeout(() => giveUp.abort(timeoutOf(probe)), probe.timeoutMs);
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  const work = started(probe, { ...context, signal: giveUp.signal });
  try {
    return checked(probe, await Promise.race([work, aborted(giveUp.signal)]));
  } catch (thrown) {
    const outcome = outcomeOf(codedError(thrown, 'PROBE_FAILED'));
    return giveUp.signal.aborted ? { ...outcome, hanging: work.then(noop, noop) } : outcome;
  } finally {
    clearTimeout(timer);
    context.signal.removeEventListener('abort', stop);
  }
}

async function started(probe: Probe, context: ProbeContext): Promise<Look> {
  const seen = await probe.run(context);
  return 'past' in seen ? seen : { facts: seen, past: [] };
}

function timeoutOf({ timeoutMs }: Probe): CodedError {
  return new CodedError('PROBE_FAILED', { reason: `no answer within ${timeoutMs} ms` });
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function outcomeOf(error: CodedError): Exclude<Outcome, { readonly health: 'ok' }> {
  if (error.code === 'PROBE_DENIED') return { health: 'denied', error };
  return { health: error.code === 'PROBE_UNSUPPORTED' ? 'unsupported' : 'failed', error };
}

function checked(probe: Probe, { facts: found, past: told }: Look): Outcome {
  const facts = new Map<string, Fact>();
  const past: TimedChange[] = [];
  const leftOut: string[] = [];
  const isFit = (fact: unknown, schema: typeof factSchema | typeof factIdentitySchema): boolean => {
    const result = z.safeParse(schema, fact);
    if (!result.success) leftOut.push(problemsOf(result.error));
    else if (!probe.kinds.includes(result.data.kind)) leftOut.push(`not its kind: ${result.data.kind}`);
    else return true;
    return false;
  };
  for (const fact of found) if (isFit(fact, factSchema)) facts.set(factKey(fact), fact);
  for (const one of told)
    if (isFit(one.fact, one.change === 'ended' ? factIdentitySchema : factSchema)) past.push(one);
  if (facts.size > MAX_FACTS) leftOut.push(`${facts.size - MAX_FACTS} facts above ${MAX_FACTS}`);
  if (past.length > MAX_FACTS) leftOut.push(`${past.length - MAX_FACTS} past facts above ${MAX_FACTS}`);
  return { health: 'ok', facts: firstOf(facts), past: past.slice(-MAX_FACTS), leftOut };
}

/** In order of their keys where there are too many, so that every round keeps the same ones. */
function firstOf(facts: ReadonlyMap<string, Fact>): ReadonlyMap<string, Fact> {
  if (facts.size <= MAX_FACTS) return facts;
  return new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MAX_FACTS));
}

function noop(): void {}

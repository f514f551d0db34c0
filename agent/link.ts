import { setTimeout as pause } from 'node:timers/promises';
import { CodedError, codedError, ERRORS } from '../shared/errors.ts';
import type { Policy } from '../shared/policy.ts';
import { type Instant, instant } from '../shared/time.ts';
import { delayMs, type Ending, isErrorCode, isFinal } from './backoff.ts';
import { converse, type Outcome, SILENCE_MS } from './conversation.ts';
import type { Identity } from './identity.ts';
import type { Log } from './log.ts';
import type { Mirrors } from './mirrors.ts';
import type { Spool } from './spool.ts';

export interface LinkOptions {
  readonly identity: Identity;
  readonly spool: Spool;
  /** Names the boot of the machine. */
  readonly boot: string;
  readonly version: string;
  readonly log: Log;
  readonly clock?: () => number;
  /** Added to the upgrade request: only a simulation does so, to speak from many addresses through a trusted proxy. */
  readonly headers?: Readonly<Record<string, string>>;
  /** See `ConversationOptions`. */
  readonly silenceMs?: number;
  readonly mirrors?: Mirrors;
  onPolicy?(policy: Policy): void;
}

export interface LinkState {
  readonly connected: boolean;
  readonly since: Instant;
  /** Why the last connection ended or could not be made; a code of `ERRORS` where it is one. */
  readonly problem?: string;
}

/** The conversation with the collector, taken up again whenever it ends. */
export interface Link extends AsyncDisposable {
  state(): LinkState;
  /** Resolves once everything appended so far is acknowledged; rejects with SHUTTING_DOWN when the link is closed before. */
  settled(): Promise<void>;
}

export function startLink(options: LinkOptions): Link {
  const { spool, log, clock = Date.now, headers = {}, silenceMs = SILENCE_MS } = options;
  const stop = new AbortController();
  const waiters = new Set<{ readonly resolve: () => void; readonly reject: (error: CodedError) => void }>();
  let state: LinkState = { connected: false, since: instant(clock()) };

  const become = (connected: boolean, problem?: string): void => {
    state = { connected, since: instant(clock()), ...(problem === undefined ? {} : { problem }) };
    try {
      spool.keep('link', JSON.stringify(state));
    } catch (error) {
      // It is only for `status`; the conversation itself meets the same trouble and tells.
      log.warn({ code: codedError(error).code }, 'state of the link not kept');
    }
  };
  const isSettled = (): boolean => {
    const { oldest, next } = spool.position();
    return oldest === next;
  };
  const conversation = {
    ...options,
    clock,
    headers,
    silenceMs,
    onWelcome() {
      become(true);
      log.info({ endpoint: options.identity.endpoint }, 'connected');
    },
    onPolicy: (policy: Policy) => options.onPolicy?.(policy),
    onAck() {
      if (waiters.size === 0 || !isSettled()) return;
      for (const { resolve } of waiters) resolve();
      waiters.clear();
    },
  };

  const talk = async (): Promise<void> => {
    let failures = 0;
    while (!stop.signal.aborted) {
      const outcome = await converse(conversation, stop.signal).catch(unmade);
      if (stop.signal.aborted) break;
      if (outcome.useful) failures = 0;
      const waitMs = Math.round(delayMs(outcome, failures));
      failures += 1;
      become(false, outcome.bye ?? outcome.problem.code);
      tell(log, outcome, waitMs);
      await pauseUntil(waitMs, stop.signal);
    }
  };
  const talking = talk();

  return {
    state: () => state,
    settled() {
      if (isSettled()) return Promise.resolve();
      if (stop.signal.aborted) return Promise.reject(new CodedError('SHUTTING_DOWN'));
      return new Promise((resolve, reject) => waiters.add({ resolve, reject }));
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await talking;
      for (const { reject } of waiters) reject(new CodedError('SHUTTING_DOWN'));
      waiters.clear();
      become(false, 'SHUTTING_DOWN');
    },
  };
}

/** Resolves early when aborted. */
async function pauseUntil(waitMs: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(waitMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** The outcome of a conversation that did not come about. */
function unmade(cause: unknown): Outcome {
  const problem = codedError(cause, 'COLLECTOR_UNREACHABLE');
  const { retryAfterMs } = problem.context;
  return { useful: false, problem, ...(typeof retryAfterMs === 'number' ? { retryAfterMs } : {}) };
}

function tell(log: Log, { bye, problem }: Outcome, waitMs: number): void {
  const fields = { ...facts(problem, bye), retryInMs: waitMs };
  if (bye !== undefined && isFinal(bye)) log.error(fields, 'the collector refuses this endpoint');
  else log[problem.kind.level](fields, 'connection ended');
}

function facts(problem: CodedError, bye: Ending['bye']): object {
  if (bye === undefined) return { code: problem.code, ...problem.context };
  return { code: bye, ...(isErrorCode(bye) ? { hint: ERRORS[bye].hint } : {}) };
}

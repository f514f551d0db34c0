import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CodedError, codedError } from '../../shared/errors.ts';
import { instant, MINUTE, SECOND } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import { RULES } from '../detect/rules/index.ts';
import { parseSettings } from '../detect/settings.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { type Log, logLine } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Detector } from './detector.ts';
import { type Outcome, writeOutcome } from './outcome.ts';
import type { Failure, FromThread, ThreadData, ToThread } from './thread-messages.ts';

export interface DetectorThreadOptions {
  readonly store: Store;
  readonly ingest: Ingest;
  readonly dataDir: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a thread may take to end its judgement before it is stopped in the middle, which loses nothing. */
const STOP_MS = 10 * SECOND;
const MOST_REST_MS = MINUTE;

/**
 * The detector in a thread, so that sockets and commits do not wait for judgements. The thread reads by a connection of its own; what
 * it concludes is committed here, among the works of ingest, so SQLite's one writer never waits for another. When it dies it is started
 * again, after a second at first and a minute at most: nothing is lost, for marks stay until they are judged. Throws SETTINGS_INVALID.
 */
export function startDetectorThread(options: DetectorThreadOptions): Detector {
  const { store, settings, dataDir, log } = options;
  parseSettings(RULES, settings);
  const data: ThreadData = { dataDir, settings, logLevel: log.level };
  const stopping = new AbortController();
  const settling = new Map<number, { done(): void; failed(error: CodedError): void }>();
  let lastId = 0;
  let thread: Worker | undefined;
  const tell = (message: ToThread) => thread?.postMessage(message);

  async function take(message: FromThread): Promise<void> {
    if (message.type === 'log') return logLine(log, message.line);
    if (message.type === 'settled') {
      const waiting = settling.get(message.id);
      settling.delete(message.id);
      if (message.failure) waiting?.failed(new CodedError(message.failure.code, message.failure.context));
      else waiting?.done();
      return;
    }
    const { id, outcome } = message;
    const failure = await keep(options, outcome);
    tell({ type: 'kept', id, ...(failure && { failure }) });
  }

  async function run(): Promise<void> {
    for (let deaths = 0; !stopping.signal.aborted; deaths += 1) {
      const startedAt = performance.now();
      const died = await life();
      if (stopping.signal.aborted) return;
      if (performance.now() - startedAt > MOST_REST_MS) deaths = 0;
      const restMs = Math.min(MOST_REST_MS, SECOND * 2 ** deaths);
      log.error(
        { err: new CodedError('DETECTOR_DIED', {}, { cause: died }), restMs },
        'judging stopped, it begins anew',
      );
      await pause(restMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** From a thread's start to its end; gives what ended it. */
  async function life(): Promise<unknown> {
    const worker = new Worker(new URL('./detector-worker.ts', import.meta.url), { workerData: data });
    thread = worker;
    let cause: unknown;
    worker.on('message', (message: FromThread) => void take(message));
    worker.on('error', (error) => {
      cause = error;
    });
    for (const id of settling.keys()) tell({ type: 'settle', id });
    await new Promise((resolve) => worker.once('exit', resolve));
    thread = undefined;
    return cause;
  }

  const deaf = store.dirty.listen(() => tell({ type: 'dirty' }));
  const running = run();

  return {
    settled: () =>
      new Promise((done, failed) => {
        if (stopping.signal.aborted) throw new CodedError('SHUTTING_DOWN');
        lastId += 1;
        settling.set(lastId, { done, failed });
        tell({ type: 'settle', id: lastId });
      }),
    async [Symbol.asyncDispose]() {
      deaf();
      stopping.abort();
      tell({ type: 'stop' });
      const patience = setTimeout(() => void thread?.terminate(), STOP_MS);
      await running;
      clearTimeout(patience);
      for (const { failed } of settling.values()) failed(new CodedError('SHUTTING_DOWN'));
    },
  };
}

/** Why it could not be kept, for the thread to judge. */
async function keep(
  { ingest, store, clock }: DetectorThreadOptions,
  outcome: Outcome,
): Promise<Failure | undefined> {
  try {
    await ingest.commit(async (trx) => {
      await writeOutcome(trx, instant(clock()), outcome);
      return { result: undefined, effects: { dirty: [], news: [] } };
    });
  } catch (error) {
    const { code, context } = codedError(error);
    return { code, context };
  }
  if (outcome.changed.length > 0) store.feed.ring();
  return undefined;
}

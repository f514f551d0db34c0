import { codedError } from '../../shared/errors.ts';
import { HOUR } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import type { Signer } from '../store/tombstones.ts';
import { eraseAll } from './erase.ts';

/** Carries out erasures: at start those that were broken off, at once those that it is woken for, and hourly what a hold kept. */
export interface Eraser extends AsyncDisposable {
  wake(): void;
}

export interface EraserOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly signer: () => Signer;
}

export function startEraser({ store, clock, log, signer }: EraserOptions): Eraser {
  const stopping = new AbortController();
  const { signal } = stopping;
  let running = Promise.resolve();
  const wake = (): void => {
    running = running
      .then(async () => {
        if (signal.aborted) return;
        const erased = await eraseAll({ store, clock, signer: signer(), signal });
        if (erased.length > 0) log.info({ contractors: erased.length }, 'contractors were erased');
      })
      .catch((error: unknown) => {
        log.warn({ err: codedError(error) }, 'erasure was broken off, the next hour goes on');
      });
  };
  wake();
  const timer = setInterval(wake, HOUR);
  return {
    wake,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

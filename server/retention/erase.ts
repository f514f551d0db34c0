import { setTimeout as pause } from 'node:timers/promises';
import { instant } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import { eraseStep, type Stepped } from '../store/erase-step.ts';
import { erasuresUnderWay } from '../store/erasures.ts';
import type { Store } from '../store/store.ts';
import type { Signer } from '../store/tombstones.ts';
import { REST } from './purge.ts';

export interface EraseRun {
  readonly store: Store;
  readonly clock: Clock;
  readonly signer: Signer;
  readonly signal?: AbortSignal;
}

/** Takes an erasure that two people agreed on to its end, in small transactions with rests between them, from wherever it stands. */
export async function erase(
  { store, clock, signer, signal }: EraseRun,
  contractor: string,
): Promise<Stepped> {
  for (let came: Stepped = 'more'; ; ) {
    if (signal?.aborted) return came;
    const started = performance.now();
    const at = instant(clock());
    came = await store.db.transaction().execute((trx) => eraseStep(trx, { contractor, at, signer }));
    if (came !== 'more') {
      store.dirty.ring();
      store.feed.ring();
      return came;
    }
    await pause(REST * (performance.now() - started));
  }
}

/** Goes on with every erasure that is not over; gives the contractors that are erased now. */
export async function eraseAll(run: EraseRun): Promise<readonly string[]> {
  const erased: string[] = [];
  for (const contractor of await erasuresUnderWay(run.store.db))
    if ((await erase(run, contractor)) === 'done') erased.push(contractor);
  return erased;
}

import { codedError } from '../../shared/errors.ts';
import { instant, MINUTE } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { appendAction } from '../store/actions.ts';
import { appendFeed } from '../store/feed.ts';
import { learnMachines } from '../store/machines.ts';
import type { Store } from '../store/store.ts';

const LOOK_EVERY_MS = MINUTE;

export interface MachineWatchOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}

/** Notices that a machine was enrolled before under another id, and puts it on the action log. */
export function startMachineWatch(options: MachineWatchOptions): AsyncDisposable {
  const { log } = options;
  let running = Promise.resolve();
  const look = (): void => {
    running = running
      .then(() => noteMachines(options))
      .catch((error: unknown) => {
        log.warn({ err: codedError(error) }, 'machines were not compared, the next look tries again');
      });
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

async function noteMachines({ store, clock, log }: MachineWatchOptions): Promise<void> {
  const again = await store.db.transaction().execute(async (trx) => {
    const found = await learnMachines(trx);
    const at = instant(clock());
    for (const { endpoint, contractor, before } of found)
      await appendAction(trx, {
        at,
        actor: 'collector',
        source: '',
        action: 'endpoint.re-enrolled',
        subject: endpoint,
        detail: {
          before: before.endpoint,
          ...(before.contractor === contractor ? {} : { of: before.contractor }),
        },
      });
    await appendFeed(
      trx,
      at,
      found.map(({ endpoint }) => ({ topic: 'endpoint', ref: endpoint })),
    );
    return found;
  });
  for (const { endpoint, before } of again)
    log.info({ endpointId: endpoint, before: before.endpoint }, 'machine re-enrolled');
  if (again.length > 0) store.feed.ring();
}

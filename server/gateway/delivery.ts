import type { WebSocket } from 'ws';
import { CodedError, codedError } from '../../shared/errors.ts';
import type { SealedBatch } from '../../shared/frames.ts';
import { instant } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { readPayload } from '../ingest/read-payload.ts';
import { receive } from '../ingest/sealed-batch.ts';
import { type publicKeyOf, verifySeal } from '../ingest/verify.ts';
import type { Intel } from '../intel/intel.ts';
import type { Credits } from './credits.ts';

/** The batches of one connection that was welcomed. Disposing gives its credits back. */
export interface Delivery extends Disposable {
  /** For the welcome; acks tell the later ones. */
  readonly credits: number;
  /** Throws what is wrong with the batch itself; what the store says against it closes the connection. */
  take(batch: SealedBatch): void;
}

export interface DeliveryOptions {
  readonly context: {
    readonly ingest: Ingest;
    readonly intel: Pick<Intel, 'lookup'>;
    readonly credits: Credits;
    readonly clock: Clock;
  };
  readonly socket: Pick<WebSocket, 'pause' | 'resume'>;
  readonly endpoint: string;
  readonly epoch: string;
  readonly key: ReturnType<typeof publicKeyOf>;
  readonly offsetMs: number;
  /** Through which everything is committed, and what the next observation will be numbered. */
  readonly acked: number;
  readonly next: number;
  send(frame: object): void;
  close(error: CodedError): void;
}

export function openDelivery(options: DeliveryOptions): Delivery {
  const { context, socket, endpoint, epoch, key, offsetMs, send } = options;
  const { ingest, intel, clock } = context;
  let through = options.acked;
  const drain = context.credits.open({
    behind: options.next - 1 - through,
    grant: (credits) => send({ type: 'ack', epoch, through, credits }),
    pause: () => socket.pause(),
    resume: () => socket.resume(),
  });

  async function commit(batch: SealedBatch, payload: ReturnType<typeof readPayload>): Promise<void> {
    const load = { observations: payload.observations.length, bytes: batch.payload.length };
    if (!drain.arrived(load))
      throw new CodedError('FRAME_UNEXPECTED', { frame: 'batch', credits: drain.credits });
    let credits = 0;
    try {
      const received = await ingest.commit(
        receive({
          ...{ endpoint, batch, payload, offsetMs },
          receivedAt: instant(clock()),
          lookup: intel.lookup,
        }),
      );
      if (received.outcome === 'refused') throw received.error;
      through = received.through;
    } finally {
      credits = drain.done(load);
    }
    send({ type: 'ack', epoch, through, credits });
  }

  return {
    get credits() {
      return drain.credits;
    },
    take(batch) {
      verifySeal(key, batch);
      commit(batch, readPayload(batch)).catch((error: unknown) => options.close(codedError(error)));
    },
    [Symbol.dispose]: () => drain[Symbol.dispose](),
  };
}

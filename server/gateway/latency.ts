import type { WebSocket } from 'ws';
import { codedError } from '../../shared/errors.ts';
import type { Clock } from '../clock.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { noteLatency } from '../ingest/latency.ts';
import type { Log } from '../log.ts';
import type { Conversation } from './conversation.ts';
import { type RoundTrips, roundTrips } from './round-trips.ts';

/** The round trips of all connections: measured by the pings that are sent anyway, written once an hour and when a connection ends. */
export interface LatencyBook {
  begin(ws: WebSocket, conversation: Conversation, handshakeMs: number | undefined): void;
  ping(ws: WebSocket): void;
  /** Writes the hours that are over. */
  note(): void;
  /** Resolves when all that was noted is written. */
  settled(): Promise<void>;
}

interface Measured {
  readonly conversation: Conversation;
  readonly trips: RoundTrips;
}

export function latencyBook({
  ingest,
  clock,
  log,
}: {
  readonly ingest: Ingest;
  readonly clock: Clock;
  readonly log: Log;
}): LatencyBook {
  const open = new Map<WebSocket, Measured>();
  let writing: Promise<void> = Promise.resolve();

  const write = (measured: Iterable<Measured>, when: 'hour' | 'end'): void => {
    const facts = [...measured].flatMap(({ conversation: { endpoint }, trips }) => {
      const fact = endpoint === undefined ? undefined : trips.take(when);
      return fact && endpoint !== undefined ? [{ endpoint, fact }] : [];
    });
    if (facts.length === 0) return;
    const written = ingest.commit(noteLatency(facts)).catch((error: unknown) => {
      log.warn({ err: codedError(error), count: facts.length }, 'round trips were not written');
    });
    writing = Promise.all([writing, written]).then(() => {});
  };

  return {
    begin(ws, conversation, handshakeMs) {
      const measured = { conversation, trips: roundTrips({ clock, handshakeMs }) };
      open.set(ws, measured);
      ws.on('pong', (payload) => measured.trips.pong(payload));
      void conversation.ended.then(() => {
        open.delete(ws);
        write([measured], 'end');
      });
    },
    ping: (ws) => ws.ping(open.get(ws)?.trips.ping()),
    note: () => write(open.values(), 'hour'),
    settled: () => writing,
  };
}

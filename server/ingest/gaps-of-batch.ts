import { droppedIn } from '../../shared/frames.ts';
import type { NewGap } from '../store/evidence.ts';
import type { Delivery } from './sealed-batch.ts';

/** Holes of which the agent itself tells in a batch: what a full spool had to drop, and what disrupted its record. */
export function gapsOfBatch({ endpoint, batch, payload }: Delivery): readonly NewGap[] {
  const { epoch, first, last } = batch.header;
  const disruptions = payload.observations.flatMap(({ seq, fact }): NewGap[] =>
    fact.kind === 'disruption'
      ? [{ endpoint, epoch, first: seq, last: seq, cause: fact.cause, count: 0 }]
      : [],
  );
  const { dropped } = payload;
  if (!dropped) return disruptions;
  const count = droppedIn(payload);
  return [{ endpoint, epoch, first, last, cause: 'spool-overflow', count, kinds: dropped }, ...disruptions];
}

import { droppedIn } from '../../shared/frames.ts';
import type { NewGap } from '../store/gaps.ts';
import type { Delivery } from './sealed-batch.ts';

/** Holes of which the agent itself tells in a batch: what a full spool had to drop, and what disrupted its record though no number is missing. */
export function gapsOfBatch({ endpoint, batch, payload }: Delivery): readonly NewGap[] {
  const { epoch, first, last } = batch.header;
  const disruptions = payload.observations.flatMap(({ seq, fact }): NewGap[] =>
    fact.kind === 'disruption'
      ? [
          {
            ...{ endpoint, epoch, first: seq, last: seq - 1, cause: fact.cause },
            ...('byMs' in fact && fact.byMs !== undefined && { stepMs: fact.byMs }),
          },
        ]
      : [],
  );
  const { dropped } = payload;
  if (!dropped) return disruptions;
  const count = droppedIn(payload);
  return [{ endpoint, epoch, first, last, cause: 'spool-overflow', count, kinds: dropped }, ...disruptions];
}

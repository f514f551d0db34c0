import type { FactOf } from '../../shared/facts.ts';
import { HOUR, instant, millis } from '../../shared/time.ts';
import { contractorOf } from '../store/endpoints.ts';
import { insertSpan } from '../store/spans.ts';
import type { Work } from './ingest.ts';

/** Notes the round trips of an hour, of many endpoints at once. No rule waits for them, so nothing is marked. */
export function noteLatency(
  measured: readonly { readonly endpoint: string; readonly fact: FactOf<'latency'> }[],
): Work<void> {
  return async (db) => {
    for (const { endpoint, fact } of measured) {
      const contractor = await contractorOf(db, endpoint);
      if (contractor === undefined) continue;
      const period = { from: fact.hour, to: instant(millis(fact.hour) + HOUR) };
      await insertSpan(db, { endpoint, contractor, fact, source: 'collector', ...period });
    }
    return { result: undefined, effects: { dirty: [], news: [] } };
  };
}

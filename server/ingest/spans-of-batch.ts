import { type Fact, type FactIdentity, factKey } from '../../shared/facts.ts';
import { type Instant, instant, millis } from '../../shared/time.ts';
import { notedPeriod } from '../detect/noted-period.ts';
import type { NewSpan, Owner } from '../store/spans.ts';
import type { Delivery } from './sealed-batch.ts';

/** What a batch does to the spans: first the open ones of these things end, then these are added. */
export interface SpansOfBatch {
  readonly ends: readonly {
    readonly key: string;
    readonly at: Instant;
    readonly fact: Fact | FactIdentity;
  }[];
  readonly spans: readonly NewSpan[];
}

/** What began and ended within the batch is one span that is written once, and only the first word on a thing looks for an open one. */
export function spansOfBatch({ batch, payload, offsetMs, receivedAt }: Delivery, owner: Owner): SpansOfBatch {
  const ends: { key: string; at: Instant; fact: Fact | FactIdentity }[] = [];
  const spans: NewSpan[] = [];
  /** By key: where in `spans` the open one is; undefined when the thing has ended. */
  const open = new Map<string, number | undefined>();

  /** What is seen in one round has one time. */
  let claimed = { at: '', corrected: '' };
  for (const { seq, at: claimedAt, change, fact } of payload.observations) {
    if (claimedAt !== claimed.at) {
      claimed = { at: claimedAt, corrected: corrected(claimedAt, { offsetMs, receivedAt }) };
    }
    const at = claimed.corrected;
    const claim = { at: claimedAt, epoch: batch.header.epoch, seq };
    if (change === 'noted') {
      spans.push({ ...owner, fact, source: 'agent', ...notedPeriod(fact, at), claim, knownAt: receivedAt });
      continue;
    }
    const key = factKey(fact);
    const index = open.get(key);
    const before = index === undefined ? undefined : spans[index];
    if (index !== undefined && before) spans[index] = { ...before, to: later(at, before.from) };
    else if (!open.has(key)) ends.push({ key, at, fact });
    open.set(
      key,
      change === 'began'
        ? spans.push({
            ...owner,
            fact,
            key,
            source: 'agent',
            from: at,
            to: null,
            claim,
            knownAt: receivedAt,
          }) - 1
        : undefined,
    );
  }
  return { ends, spans };
}

/** A clock that was set back must not end a span before it began. */
function later(a: Instant, b: Instant): Instant {
  return a < b ? b : a;
}

/** The collector's time of an agent's moment. Nothing is observed after it arrived, whatever the agent's clock says. */
export function corrected(
  at: Instant,
  { offsetMs, receivedAt }: Pick<Delivery, 'offsetMs' | 'receivedAt'>,
): Instant {
  const time = millis(at) + offsetMs;
  return time > millis(receivedAt) ? receivedAt : instant(Math.max(time, EARLIEST));
}

/** No endpoint existed before: a clock that says so is wrong by years, and such a span would stretch over every window. */
const EARLIEST = Date.UTC(2020, 0, 1);

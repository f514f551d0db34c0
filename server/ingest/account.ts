import { type Instant, MINUTE } from '../../shared/time.ts';
import { type Boot, type BootsBefore, bootsBefore, rememberBoot } from '../store/boots.ts';
import { cursorOf, moveCursor } from '../store/evidence.ts';
import { hasGapSince, recordGap } from '../store/gaps.ts';
import { metaTime } from '../store/meta.ts';
import type { Trx } from '../store/store.ts';
import { beginEpoch, newCursor } from './epoch.ts';

/** Which agent speaks: the boot of its machine, the epoch of its spool, and from where. */
export type Speaker = Pick<Boot, 'boot' | 'epoch' | 'address'>;

export interface Statement {
  readonly endpoint: string;
  readonly at: Instant;
  readonly address: string;
  /** Added to the agent's clock to get the collector's. */
  readonly offsetMs: number;
  readonly hello: {
    readonly boot: string;
    readonly epoch: string;
    readonly oldest: number;
    readonly next: number;
  };
  /** Another agent that was proven to speak with the same key at this moment. */
  readonly rival?: Speaker;
}

/** What to acknowledge; a clone must begin an epoch of its own first. */
export type Accounted =
  | { readonly outcome: 'welcome'; readonly acked: number }
  | { readonly outcome: 'clone' };

const CLOCK_STEP_MS = 5 * MINUTE;

/**
 * Compares where an agent says it stands with what is stored, and puts on the gap ledger what does not fit: a second agent with the
 * same key, a spool that is older than the store, what a spool had to drop, a clock that was set.
 */
export async function account(db: Trx, statement: Statement): Promise<Accounted> {
  const { endpoint, at, hello, address, offsetMs } = statement;
  const { boot, epoch, oldest, next } = hello;
  const before = await bootsBefore(db, endpoint, boot);
  const known = cursorOf(db, endpoint, epoch);
  const { acked, ...cursor } = known ?? newCursor(endpoint, epoch);
  const isOlder = next <= acked;
  // A machine never goes back to a boot that it left, unless it was set back whole, and then its spool was too.
  const returned = before.same && before.latest?.boot !== boot && !isOlder ? before.latest : undefined;
  const rival = statement.rival ?? returned;
  await rememberBoot(db, endpoint, { boot, epoch, address, offsetMs, at });
  await stepped(db, statement, before.same);

  if (rival) {
    await recordClone(db, { ...statement, rival });
    if (rival.epoch === epoch || known?.closed) return { outcome: 'clone' };
  } else if (isOlder || known?.closed) {
    const first = Math.min(next, acked + 1);
    await recordGap(db, { endpoint, epoch, first, last: acked, cause: 'snapshot-revert' }, at);
  }
  if (oldest <= acked + 1) return { outcome: 'welcome', acked };
  const after = { ...cursor, acked: oldest - 1, head: '' };
  const cause = (await isFirstSinceRestore(db, before)) ? 'collector-restored' : 'spool-overflow';
  await recordGap(db, { endpoint, epoch, first: acked + 1, last: after.acked, cause }, at);
  if (known) moveCursor(db, after);
  else await beginEpoch(db, after, { at, claimsEnd: at });
  return { outcome: 'welcome', acked: after.acked };
}

/** What it had delivered since the backup it does not hold any more. */
async function isFirstSinceRestore(db: Trx, { latest, same }: BootsBefore): Promise<boolean> {
  const restored = await metaTime(db, 'restored-at');
  if (restored === undefined) return false;
  return [latest, same].every((boot) => boot === undefined || boot.at < restored);
}

/** On the ledger of both spools, where each stood: nothing is missing by itself, but from here on either may be the copy. */
async function recordClone(
  db: Trx,
  { endpoint, at, address, hello, rival }: Statement & { readonly rival: Speaker },
): Promise<void> {
  const both = [{ boot: hello.boot, epoch: hello.epoch, address }, rival].toSorted((a, b) =>
    a.boot < b.boot ? -1 : 1,
  );
  const boots = both.map(({ boot }) => boot);
  const addresses = both.map((speaker) => speaker.address);
  for (const epoch of new Set(both.map((speaker) => speaker.epoch))) {
    const acked = cursorOf(db, endpoint, epoch)?.acked ?? 0;
    const gap = { endpoint, epoch, first: acked + 1, last: acked, cause: 'clone', boots, addresses } as const;
    await recordGap(db, gap, at);
  }
}

/** The same boot told another distance between the clocks before: its clock was set meanwhile. */
async function stepped(db: Trx, { endpoint, at, hello, offsetMs }: Statement, same?: Boot): Promise<void> {
  const stepMs = same ? same.offsetMs - offsetMs : 0;
  if (!same || Math.abs(stepMs) <= CLOCK_STEP_MS) return;
  // The agent may have told of it meanwhile.
  if (await hasGapSince(db, endpoint, { since: same.at, causes: ['clock-step'] })) return;
  const { epoch, next } = hello;
  await recordGap(db, { endpoint, epoch, first: next, last: next - 1, cause: 'clock-step', stepMs }, at);
}

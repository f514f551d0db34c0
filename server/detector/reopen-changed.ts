import type { Finding } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { SYSTEM } from '../../shared/triage.ts';
import { reopeningReason } from '../detect/reopening.ts';
import type { Trx } from '../store/store.ts';
import { keepWork, resolvedAmong } from '../store/triage.ts';

/** Takes up again what was resolved and came back or got worse. Before the findings are written: it compares them with those stored. */
export async function reopenChanged(trx: Trx, now: Instant, changed: readonly Finding[]): Promise<void> {
  const resolved = resolvedAmong(
    trx,
    changed.map(({ id }) => id),
  );
  for (const after of changed) {
    const stored = resolved.get(after.id);
    const before = stored?.triage;
    if (!stored || !before) continue;
    const note = reopeningReason({ before: stored.finding, after, decision: before.decision });
    if (note === undefined) continue;
    const doer = { by: SYSTEM, at: now, system: true } as const;
    await keepWork(
      trx,
      { about: 'finding', subject: after.id, before },
      { change: { status: 'new', note }, doer },
    );
  }
}

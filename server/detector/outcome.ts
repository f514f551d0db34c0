import type { Finding } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { type Claim, clearDirty } from '../store/dirty.ts';
import { writeFindings } from '../store/findings.ts';
import type { Trx } from '../store/store.ts';
import { keepCases } from './keep-cases.ts';
import { reopenChanged } from './reopen-changed.ts';

/** What judging some subjects changed, and the marks that asked for it. */
export interface Outcome {
  readonly changed: readonly Finding[];
  readonly claims: readonly Claim[];
}

/** Findings, their cases and the marks that asked for them, together. Ring `store.feed` after the commit when something changed. */
export async function writeOutcome(trx: Trx, now: Instant, { changed, claims }: Outcome): Promise<void> {
  await reopenChanged(trx, now, changed);
  await writeFindings(trx, now, changed);
  await keepCases(trx, now, changed);
  clearDirty(trx, claims, now);
}

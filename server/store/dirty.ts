import type { Scope } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

export interface Subject {
  readonly scope: Scope;
  /** Contractor id, or place such as `egress:198.51.100.7`. */
  readonly subject: string;
}

/** Asks for subjects to be judged again, in the transaction of what changed them. Ring `store.dirty` after the commit. */
export async function markDirty(db: Db, at: Instant, subjects: readonly Subject[]): Promise<void> {
  for (let from = 0; from < subjects.length; from += CHUNK) {
    const rows = subjects.slice(from, from + CHUNK);
    await db
      .insertInto('dirty_subjects')
      .values(rows.map(({ scope, subject }) => ({ scope, subject, mark: 1, marked_at: at })))
      .onConflict((conflict) =>
        conflict
          .columns(['scope', 'subject'])
          .doUpdateSet((eb) => ({ mark: eb('dirty_subjects.mark', '+', 1) })),
      )
      .execute();
  }
}

const CHUNK = 500;

/** A subject with the mark it had when it was claimed. */
export interface Claim extends Subject {
  readonly mark: number;
}

/** The subjects that have waited longest, `most` of them. They stay marked until `clearDirty`. */
export async function claimDirty(db: Db, most: number): Promise<readonly Claim[]> {
  const rows = await db
    .selectFrom('dirty_subjects')
    .select(['scope', 'subject', 'mark'])
    .orderBy('marked_at')
    .limit(most)
    .execute();
  return rows.map(({ scope, subject, mark }) => ({
    scope: scope === 'place' ? 'place' : 'contractor',
    subject,
    mark,
  }));
}

/** Clears the marks that did not grow since they were claimed: whatever changed meanwhile is judged again. */
export async function clearDirty(db: Db, claims: readonly Claim[]): Promise<void> {
  for (const { scope, subject, mark } of claims) {
    await db
      .deleteFrom('dirty_subjects')
      .where('scope', '=', scope)
      .where('subject', '=', subject)
      .where('mark', '=', mark)
      .execute();
  }
}

import { sql } from 'kysely';
import type { Scope } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import { prepared } from './prepared.ts';
import type { Db, Trx } from './store.ts';

export interface Subject {
  readonly scope: Scope;
  /** Contractor id, or place such as `egress:198.51.100.7`. */
  readonly subject: string;
}

/** Asks for subjects to be judged again, in the transaction of what changed them. Ring `store.dirty` after the commit. */
export async function markDirty(db: Db, at: Instant, subjects: readonly Subject[]): Promise<void> {
  if (subjects.length === 0) return;
  // One text for any number of rows, so that it is prepared once.
  const rows = JSON.stringify(subjects.map(({ scope, subject }) => [scope, subject]));
  await sql`insert into dirty_subjects (scope, subject, mark, marked_at)
    select value ->> 0, value ->> 1, 1, ${at} from json_each(${rows}) where true
    on conflict (scope, subject) do update set mark = mark + 1`.execute(db);
}

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

/**
 * Clears the marks that did not grow since they were claimed. What changed meanwhile is judged again, after everybody who has waited
 * since, so that those about whom news never end do not keep the others from their turn.
 */
export function clearDirty(trx: Trx, claims: readonly Claim[], at: Instant): void {
  for (const { scope, subject, mark } of claims) {
    if (remove.run(trx, [scope, subject, mark]).changes === 0) putBack.run(trx, [at, scope, subject]);
  }
}

const remove = prepared((db) =>
  db.deleteFrom('dirty_subjects').where('scope', '=', '').where('subject', '=', '').where('mark', '=', 0),
);
const putBack = prepared((db) =>
  db.updateTable('dirty_subjects').set({ marked_at: '' }).where('scope', '=', '').where('subject', '=', ''),
);

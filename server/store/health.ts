import { sql } from 'kysely';
import type { Setup } from '../../shared/api/setup.ts';
import type { Db } from './store.ts';

/** The version of the schema, and what waits to be judged. */
export async function storeHealth(db: Db): Promise<Pick<Setup, 'schema' | 'backlog'>> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db);
  const backlog = await db
    .selectFrom('dirty_subjects')
    .select((eb) => [
      eb.fn.countAll<number>().as('subjects'),
      // Whoever is put back in the line has no moment.
      eb.fn.min<string | null>(sql`nullif(marked_at, '')`).as('since'),
    ])
    .executeTakeFirstOrThrow();
  return { schema: rows[0]?.user_version ?? 0, backlog };
}

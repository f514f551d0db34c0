import type { Declaration } from '../../shared/declaration.ts';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

interface Declared {
  readonly id: string;
  readonly declaration?: Declaration;
}

const CHUNK = 500;

/** Keeps what contractors are known to declare from now on, beside what they declared before. */
export async function keepDeclarations(
  db: Db,
  declared: readonly Declared[],
  { at, actor }: { readonly at: Instant; readonly actor: string },
): Promise<void> {
  const rows = declared.map(({ id, declaration }) => ({
    contractor: id,
    known_from: at,
    declaration: declaration ? JSON.stringify(declaration) : null,
    actor,
  }));
  for (let from = 0; from < rows.length; from += CHUNK)
    await db
      .insertInto('declaration_versions')
      .values(rows.slice(from, from + CHUNK))
      .execute();
}

/** What a contractor was known to declare at a moment; null for nothing. */
export async function declarationAt(db: Db, contractor: string, at: Instant): Promise<Declaration | null> {
  const row = await db
    .selectFrom('declaration_versions')
    .select('declaration')
    .where('contractor', '=', contractor)
    .where('known_from', '<=', at)
    .orderBy('known_from', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.declaration ? JSON.parse(row.declaration) : null;
}

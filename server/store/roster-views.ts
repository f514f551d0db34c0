import { MOST_NAMED, type RosterPreview } from '../../shared/api/roster.ts';
import type { Declaration } from '../../shared/declaration.ts';
import { type ContractorEntry, planHash, planOf } from './contractors.ts';
import type { Db } from './store.ts';

/** What an import would do to each contractor; nothing is written. */
export async function previewOf(
  db: Db,
  entries: readonly ContractorEntry[],
): Promise<Omit<RosterPreview, 'sha256' | 'problems'>> {
  const plan = await planOf(db, entries);
  const stored = await db.selectFrom('contractors').select(['id', 'label']).orderBy('id').execute();
  const named = new Set(entries.map(({ id }) => id));
  const touched = new Set(plan.contractors.map(({ entry }) => entry.id));
  const added = plan.contractors.flatMap(({ entry, before }) =>
    before ? [] : [{ id: entry.id, after: shown(entry) }],
  );
  const changed = plan.contractors.flatMap(({ entry, before }) =>
    before ? [{ id: entry.id, before: shown(before), after: shown(entry) }] : [],
  );
  return {
    plan: planHash(plan),
    added: some(added),
    changed: some(changed),
    unchanged: some(
      entries.filter(({ id }) => !touched.has(id)).map(({ id, label = null }) => ({ id, label })),
    ),
    missing: some(stored.filter(({ id }) => !named.has(id))),
    bound: some(plan.bindings),
  };
}

export function some<T>(all: readonly T[]): { count: number; shown: T[] } {
  return { count: all.length, shown: all.slice(0, MOST_NAMED) };
}

interface Known {
  readonly label?: string | undefined;
  readonly declaration?: Declaration | undefined;
}

function shown({ label, declaration }: Known) {
  return { label: label ?? null, declaration: declaration ?? null };
}

/** Everybody as a roster says it, with the endpoints that are theirs. */
export async function storedRoster(db: Db): Promise<readonly ContractorEntry[]> {
  const contractors = await db.selectFrom('contractors').selectAll().orderBy('id').execute();
  const endpoints = await db
    .selectFrom('endpoints')
    .select(['id', 'contractor'])
    .where('revoked_at', 'is', null)
    .orderBy('id')
    .execute();
  const owned = Map.groupBy(endpoints, ({ contractor }) => contractor);
  return contractors.map(({ id, label, declaration }) => ({
    id,
    ...(label === null ? {} : { label }),
    ...(declaration === null ? {} : { declaration: JSON.parse(declaration) }),
    endpoints: (owned.get(id) ?? []).map((endpoint) => endpoint.id),
  }));
}

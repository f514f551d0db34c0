import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Declaration } from '../../shared/declaration.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Instant } from '../../shared/time.ts';
import { type Action, appendActions } from './actions.ts';
import { among } from './among.ts';
import { keepDeclarations } from './declaration-versions.ts';
import { markDirty, type Subject } from './dirty.ts';
import { appendFeed } from './feed.ts';
import type { Db, Store } from './store.ts';

/** A contractor as somebody wants them stored: the whole declaration, what is left out is no longer declared. */
export interface ContractorEntry {
  readonly id: string;
  readonly label?: string;
  readonly declaration?: Declaration;
  /** Enrolled endpoints to bind; those not named stay where they are. */
  readonly endpoints: readonly string[];
}

/** Who imports, when, and out of which file. */
export interface Import {
  readonly at: Instant;
  readonly actor: string;
  readonly source: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** As `planHash` gave it when a person saw what would change: anything else is not done. */
  readonly plan?: string;
}

export interface ImportSummary {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Endpoints that had another contractor before. */
  readonly bound: number;
}

export async function endpointIds(db: Db): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('endpoints').select('id').execute();
  return new Set(rows.map(({ id }) => id));
}

/** What an import would do; nothing is written. */
export async function previewImport(db: Db, entries: readonly ContractorEntry[]): Promise<ImportSummary> {
  return summaryOf(await planOf(db, entries), entries);
}

/**
 * Stores contractors and bindings with everything that follows from them, in one transaction. Spans keep the contractor that they
 * were seen with. Throws ROSTER_INVALID for an endpoint that is not enrolled, ROSTER_CHANGED when it would do otherwise than was seen.
 */
export async function importContractors(
  store: Store,
  entries: readonly ContractorEntry[],
  by: Import,
): Promise<ImportSummary> {
  const plan = await store.db.transaction().execute(async (trx) => {
    const planned = await planOf(trx, entries);
    if (by.plan !== undefined && by.plan !== planHash(planned)) throw new CodedError('ROSTER_CHANGED');
    if (planned.contractors.length > 0 || planned.bindings.length > 0)
      await write(trx, planned, { by, entries });
    return planned;
  });
  store.dirty.ring();
  store.feed.ring();
  return summaryOf(plan, entries);
}

interface Stored {
  readonly label: string | undefined;
  readonly declaration: Declaration | undefined;
}

interface Change {
  readonly entry: ContractorEntry;
  /** Undefined for who is new. */
  readonly before: Stored | undefined;
  readonly redeclared: boolean;
}

interface Binding {
  readonly endpoint: string;
  readonly from: string;
  readonly to: string;
}

/** What an import does. */
export interface Plan {
  /** How many contractors there are before it. */
  readonly known: number;
  readonly contractors: readonly Change[];
  readonly bindings: readonly Binding[];
}

/** Throws ROSTER_INVALID for an endpoint that is not enrolled. */
export async function planOf(db: Db, entries: readonly ContractorEntry[]): Promise<Plan> {
  const contractors = new Map(
    (await db.selectFrom('contractors').selectAll().execute()).map((row) => [row.id, row]),
  );
  const endpoints = new Map(
    (await db.selectFrom('endpoints').select(['id', 'contractor']).execute()).map((row) => [
      row.id,
      row.contractor,
    ]),
  );
  return {
    known: contractors.size,
    contractors: entries.flatMap((entry) => {
      const row = contractors.get(entry.id);
      const before = row && { label: row.label ?? undefined, declaration: declarationIn(row.declaration) };
      const redeclared = !isDeepStrictEqual(before?.declaration, entry.declaration);
      return before && before.label === entry.label && !redeclared ? [] : [{ entry, before, redeclared }];
    }),
    bindings: entries.flatMap(({ id, endpoints: wanted }) =>
      wanted.flatMap((endpoint) => {
        const from = endpoints.get(endpoint);
        if (from === undefined)
          throw new CodedError('ROSTER_INVALID', { contractor: id, reason: `${endpoint} is not enrolled` });
        return from === id ? [] : [{ endpoint, from, to: id }];
      }),
    ),
  };
}

/** Equal only for what does the same to the same. */
export function planHash({ contractors, bindings }: Plan): string {
  return createHash('sha256')
    .update(JSON.stringify([contractors, bindings]))
    .digest('hex');
}

/** What is stored was validated before. */
function declarationIn(json: string | null): Declaration | undefined {
  return json === null ? undefined : JSON.parse(json);
}

function summaryOf({ contractors, bindings }: Plan, entries: readonly ContractorEntry[]): ImportSummary {
  const added = contractors.filter(({ before }) => before === undefined).length;
  return {
    added,
    changed: contractors.length - added,
    unchanged: entries.length - contractors.length,
    bound: bindings.length,
  };
}

async function write(
  db: Db,
  plan: Plan,
  { by, entries }: { readonly by: Import; readonly entries: readonly ContractorEntry[] },
): Promise<void> {
  await upsert(db, plan.contractors, by.at);
  await keepDeclarations(
    db,
    plan.contractors.filter(({ redeclared }) => redeclared).map(({ entry }) => entry),
    by,
  );
  for (const { endpoint, to } of plan.bindings)
    await db.updateTable('endpoints').set({ contractor: to }).where('id', '=', endpoint).execute();

  await markDirty(db, by.at, await subjectsOf(db, plan));
  await appendFeed(db, by.at, [
    ...plan.contractors.map(({ entry }) => ({ topic: 'contractor', ref: entry.id }) as const),
    ...plan.bindings.map(({ endpoint }) => ({ topic: 'endpoint', ref: endpoint }) as const),
  ]);
  await appendActions(db, actionsOf(plan, { by, summary: summaryOf(plan, entries) }));
}

const CHUNK = 500;

async function upsert(db: Db, changes: readonly Change[], at: Instant): Promise<void> {
  const rows = changes.map(({ entry: { id, label, declaration } }) => ({
    id,
    label: label ?? null,
    declaration: declaration ? JSON.stringify(declaration) : null,
    updated_at: at,
  }));
  for (let from = 0; from < rows.length; from += CHUNK)
    await db
      .insertInto('contractors')
      .values(rows.slice(from, from + CHUNK))
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          label: eb.ref('excluded.label'),
          declaration: eb.ref('excluded.declaration'),
          updated_at: eb.ref('excluded.updated_at'),
        })),
      )
      .execute();
}

/** Whoever is judged by another declaration or other endpoints than before, and the places where they met others. A label is not judged. */
async function subjectsOf(db: Db, { contractors, bindings }: Plan): Promise<readonly Subject[]> {
  const judged = new Set([
    ...contractors.filter(({ before, redeclared }) => redeclared || !before).map(({ entry }) => entry.id),
    ...bindings.flatMap(({ from, to }) => [from, to]),
  ]);
  const places = await db
    .selectFrom('visits')
    .select('place')
    .distinct()
    .where('contractor', 'in', among(judged))
    .execute();
  return [
    ...[...judged].map((subject) => ({ scope: 'contractor', subject }) as const),
    ...places.map(({ place }) => ({ scope: 'place', subject: place }) as const),
  ];
}

/** One action for the import, and one for each thing that was different before, with what it was. */
function actionsOf(
  { known, contractors, bindings }: Plan,
  { by, summary }: { readonly by: Import; readonly summary: ImportSummary },
): readonly Action[] {
  const { at, actor, source, detail } = by;
  const who = { at, actor, source };
  const counts = { before: { contractors: known }, after: { contractors: known + summary.added } };
  return [
    { ...who, action: 'roster.import', subject: 'roster', detail: { ...detail, ...summary, ...counts } },
    ...contractors
      .filter(({ before }) => before !== undefined)
      .map(({ entry, before }) => ({
        ...who,
        action: 'contractor.change',
        subject: entry.id,
        detail: { before, after: { label: entry.label, declaration: entry.declaration } },
      })),
    ...bindings.map(({ endpoint, from, to }) => ({
      ...who,
      action: 'endpoint.bind',
      subject: endpoint,
      detail: { from, to },
    })),
  ];
}

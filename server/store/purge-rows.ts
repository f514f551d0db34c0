import type { Instant } from '../../shared/time.ts';
import type { Tombstone } from '../../shared/tombstone.ts';
import { among } from './among.ts';
import type { PurgeAsk } from './purge-evidence.ts';
import type { Db } from './store.ts';
import { actionsBoundary, digestOf, keepTombstone, NO_DIGEST, type StoredTombstone } from './tombstones.ts';

const CHUNK = 500;

/** Rows that may go, in the order in which they do. */
export interface Due {
  readonly rows: readonly { readonly id: string | number; readonly at: Instant; readonly line: string }[];
  /** Where to look on; undefined when everything was looked at. */
  readonly next: string | number | undefined;
}

/** A class whose rows go by themselves, in small steps. */
export interface RowClass {
  readonly name: 'spans' | 'findings' | 'cases' | 'declarations' | 'actions';
  /** What is gone through one by one: contractors, or just one nameless part. */
  parts(db: Db): Promise<readonly string[]>;
  due(db: Db, place: { readonly part: string; readonly after: string | number }, ask: PurgeAsk): Promise<Due>;
  remove(db: Db, ids: readonly (string | number)[]): Promise<void>;
}

const contractors = async (db: Db) =>
  (await db.selectFrom('contractors').select('id').orderBy('id').execute()).map(({ id }) => id);

const spans: RowClass = {
  name: 'spans',
  parts: contractors,
  async due(db, { part, after }, { before, kept }) {
    if (kept.contractors.has(part)) return { rows: [], next: undefined };
    const [to = '', id = 0] = String(after).split(' ');
    const found = await db
      .selectFrom('spans')
      .selectAll()
      .where('contractor', '=', part)
      .where('to', '<', before)
      .where((eb) => eb(eb.refTuple('to', 'id'), '>', eb.tuple(to, Number(id))))
      .orderBy('to')
      .orderBy('id')
      .limit(CHUNK)
      .execute();
    const last = found.at(-1);
    return {
      rows: found
        .filter((row) => !kept.spans.has(row.id))
        .map((row) => ({ id: row.id, at: row.to ?? row.from, line: JSON.stringify(row) })),
      next: last && found.length === CHUNK ? `${last.to} ${last.id}` : undefined,
    };
  },
  async remove(db, ids) {
    await db
      .deleteFrom('visits')
      .where('span', 'in', among(ids.map(Number)))
      .execute();
    await db
      .deleteFrom('spans')
      .where('id', 'in', among(ids.map(Number)))
      .execute();
  },
};

const findings: RowClass = {
  name: 'findings',
  parts: async () => [''],
  async due(db, { after }, { before, kept }) {
    const [at = '', id = ''] = String(after).split(' ');
    const found = await db
      .selectFrom('findings')
      .select(['id', 'updated_at', 'body'])
      .where('updated_at', '<', before)
      .where((eb) => eb(eb.refTuple('updated_at', 'id'), '>', eb.tuple(at, id)))
      .orderBy('updated_at')
      .orderBy('id')
      .limit(CHUNK)
      .execute();
    const last = found.at(-1);
    const concerned = await db
      .selectFrom('finding_concerned')
      .selectAll()
      .where('finding', 'in', among(found.map((row) => row.id)))
      .execute();
    const held = new Set(
      concerned.filter(({ contractor }) => kept.contractors.has(contractor)).map(({ finding }) => finding),
    );
    return {
      rows: found
        .filter((row) => !kept.findings.has(row.id) && !held.has(row.id))
        .map((row) => ({ id: row.id, at: row.updated_at, line: row.body })),
      next: last && found.length === CHUNK ? `${last.updated_at} ${last.id}` : undefined,
    };
  },
  remove: (db, ids) => removeFindings(db, ids.map(String)),
};

export async function removeFindings(db: Db, ids: readonly string[]): Promise<void> {
  await db.deleteFrom('finding_versions').where('finding', 'in', among(ids)).execute();
  await db.deleteFrom('finding_concerned').where('finding', 'in', among(ids)).execute();
  await db.deleteFrom('finding_contractors').where('finding', 'in', among(ids)).execute();
  await db.deleteFrom('case_findings').where('finding', 'in', among(ids)).execute();
  await removeSteps(db, 'finding', ids);
  await db.deleteFrom('findings').where('id', 'in', among(ids)).execute();
}

const cases: RowClass = {
  name: 'cases',
  parts: async () => [''],
  async due(db, { after }, { before, kept }) {
    const found = await db
      .selectFrom('cases')
      .select(['id', 'updated_at', 'body'])
      .where('updated_at', '<', before)
      .where('id', '>', String(after))
      .orderBy('id')
      .limit(CHUNK)
      .execute();
    const about = await db
      .selectFrom('case_contractors')
      .selectAll()
      .where('case', 'in', among(found.map(({ id }) => id)))
      .execute();
    const held = new Set(about.filter((row) => kept.contractors.has(row.contractor)).map((row) => row.case));
    return {
      rows: found
        .filter(({ id }) => !kept.cases.has(id) && !held.has(id))
        .map((row) => ({ id: row.id, at: row.updated_at, line: row.body })),
      next: found.length === CHUNK ? found.at(-1)?.id : undefined,
    };
  },
  remove: (db, ids) => removeCases(db, ids.map(String)),
};

export async function removeCases(db: Db, ids: readonly string[]): Promise<void> {
  await db.deleteFrom('case_contractors').where('case', 'in', among(ids)).execute();
  await db.deleteFrom('case_findings').where('case', 'in', among(ids)).execute();
  await removeSteps(db, 'case', ids);
  await db.deleteFrom('cases').where('id', 'in', among(ids)).execute();
}

/** Notes and reasons go with what they are about. */
async function removeSteps(db: Db, about: 'finding' | 'case', ids: readonly string[]): Promise<void> {
  await db.deleteFrom('triage_steps').where('about', '=', about).where('subject', 'in', among(ids)).execute();
}

const declarations: RowClass = {
  name: 'declarations',
  parts: contractors,
  async due(db, { part }, { before, kept }) {
    if (kept.contractors.has(part)) return { rows: [], next: undefined };
    const versions = await db
      .selectFrom('declaration_versions')
      .selectAll()
      .where('contractor', '=', part)
      .where('known_from', '<', before)
      .orderBy('known_from')
      .orderBy('id')
      .execute();
    // The last of them was still in force then.
    const rows = versions.slice(0, -1).map((row, index) => ({
      id: row.id,
      at: versions[index + 1]?.known_from ?? row.known_from,
      line: JSON.stringify(row),
    }));
    return { rows, next: undefined };
  },
  async remove(db, ids) {
    await db
      .deleteFrom('declaration_versions')
      .where('id', 'in', among(ids.map(Number)))
      .execute();
  },
};

const actions: RowClass = {
  name: 'actions',
  parts: async () => [''],
  async due(db, { after }, { before, kept }) {
    const newest = await db
      .selectFrom('actions')
      .select('id')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    const found = await db
      .selectFrom('actions')
      .selectAll()
      .where('id', '>', Number(after))
      .where('id', '<', newest?.id ?? 0)
      .orderBy('id')
      .limit(CHUNK)
      .execute();
    // Only the start may go, for the chain goes through all of it.
    const stop = found.findIndex(
      ({ at, subject }) => at >= before || kept.contractors.has(subject) || kept.cases.has(subject),
    );
    const gone = stop === -1 ? found : found.slice(0, stop);
    return {
      rows: gone.map((row) => ({ id: row.id, at: row.at, line: JSON.stringify(row) })),
      next: stop === -1 && found.length === CHUNK ? found.at(-1)?.id : undefined,
    };
  },
  async remove(db, ids) {
    await db
      .deleteFrom('actions')
      .where('id', 'in', among(ids.map(Number)))
      .execute();
  },
};

export const ROW_CLASSES: readonly RowClass[] = [spans, findings, cases, declarations, actions];

/** Takes one step; the step and its tombstone are one transaction's. `tomb` is the tombstone of this run so far. */
export async function purgeRows(
  db: Db,
  {
    rowClass,
    due,
    tomb,
  }: { readonly rowClass: RowClass; readonly due: Due; readonly tomb: StoredTombstone | undefined },
  { at, signer }: PurgeAsk,
): Promise<StoredTombstone | undefined> {
  const { rows } = due;
  const [oldest, last] = [rows[0], rows.at(-1)];
  if (!signer || !oldest || !last) return tomb;
  const { name } = rowClass;
  const earlier = name === 'actions' ? await actionsBoundary(db) : tomb;
  const head =
    name === 'actions'
      ? await db.selectFrom('actions').select('hash').where('id', '=', Number(last.id)).executeTakeFirst()
      : undefined;
  await rowClass.remove(
    db,
    rows.map(({ id }) => id),
  );
  const times = [
    ...rows.map((row) => row.at),
    ...(earlier ? [earlier.tombstone.from, earlier.tombstone.until] : []),
  ];
  const sorted = times.toSorted();
  const tombstone: Tombstone = {
    format: 'farhand-tombstone.v1',
    class: name,
    cause: 'retention',
    contractor: null,
    from: sorted[0] ?? at,
    until: sorted.at(-1) ?? at,
    at,
    rows: rows.length + (earlier?.tombstone.rows ?? 0),
    digest: digestOf(
      earlier?.tombstone.digest ?? NO_DIGEST,
      rows.map(({ line }) => line),
    ),
    ...(head ? { actions: { through: Number(last.id), head: head.hash } } : {}),
  };
  const id = await keepTombstone(db, tombstone, { signer, replaces: earlier?.id });
  return { id, tombstone, body: JSON.stringify(tombstone), publicKey: signer.publicKey, signature: '' };
}

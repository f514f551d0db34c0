import { sql } from 'kysely';
import type { DataHeld } from '../../shared/api/data-held.ts';
import { CodedError } from '../../shared/errors.ts';
import { among } from './among.ts';
import { erasureOf } from './erasures.ts';
import { holdsOn } from './holds.ts';
import { rulings } from './proposals.ts';
import type { Db } from './store.ts';
import { tenuresOf } from './tenures.ts';
import { tombstones } from './tombstones.ts';

/** Rows about one person by what they are, as they are stored; spans come by themselves, since they may be many. Throws NOT_FOUND. */
export async function heldAbout(db: Db, contractor: string) {
  const row = await db.selectFrom('contractors').selectAll().where('id', '=', contractor).executeTakeFirst();
  if (!row) throw new CodedError('NOT_FOUND', { contractor });
  const tenures = await tenuresOf(db, contractor);
  const machines = tenures.map(({ endpoint }) => endpoint);
  const concerned = concerning(db, contractor);
  const involved = db.selectFrom('case_contractors').select('case').where('contractor', '=', contractor);
  return {
    contractor: row,
    tenures,
    declarations: await db
      .selectFrom('declaration_versions')
      .select(['known_from', 'declaration', 'actor'])
      .where('contractor', '=', contractor)
      .orderBy('known_from')
      .execute(),
    endpoints: await db
      .selectFrom('endpoints')
      .select(['id', 'hostname', 'agent_version', 'enrolled_at', 'last_seen_at', 'revoked_at'])
      .where('contractor', '=', contractor)
      .execute(),
    evidence: await db
      .selectFrom('batches')
      .select((eb) => [
        'endpoint',
        eb.fn.countAll<number>().as('batches'),
        eb.fn.min('received_at').as('from'),
        eb.fn.max('received_at').as('until'),
      ])
      .where('endpoint', 'in', among(machines))
      .where(sql<number>`length(payload)`, '>', 0)
      .groupBy('endpoint')
      .execute(),
    findings: await db
      .selectFrom('findings')
      .select([
        'title',
        'severity',
        'outcome',
        'status',
        'found_at',
        'updated_at',
        sql<string>`body ->> '$.reason'`.as('reason'),
      ])
      .where('id', 'in', concerned)
      .orderBy('found_at')
      .execute(),
    cases: await db
      .selectFrom('cases')
      .select(['id', 'status', 'opened_at', 'updated_at'])
      .where('id', 'in', involved)
      .orderBy('opened_at')
      .execute(),
    exceptions: (await rulings(db)).exceptions.filter((one) => one.contractor === contractor),
    actions: await db
      .selectFrom('actions')
      .select(['at', 'actor', 'source', 'action', 'subject', 'detail'])
      .where((eb) =>
        eb.or([
          eb('subject', '=', contractor),
          eb('subject', 'in', among(machines)),
          eb('subject', 'in', concerned),
          eb('subject', 'in', involved),
        ]),
      )
      .orderBy('id')
      .execute(),
    tombstones: (await tombstones(db, { contractor })).map(({ tombstone }) => tombstone),
    holds: await holdsOn(db, contractor),
  };
}

const PAGE = 1_000;

/** Every span of one person: those that ended, by their end, and then what goes on. */
export async function* spansHeld(db: Db, contractor: string) {
  const mine = db
    .selectFrom('spans')
    .select(['id', 'endpoint', 'kind', 'source', 'from', 'to', 'fact'])
    .where('contractor', '=', contractor);
  for (let after: readonly [string, number] = ['', 0]; ; ) {
    const rows = await mine
      .where((eb) => eb(eb.refTuple('to', 'id'), '>', eb.tuple(after[0], after[1])))
      .orderBy('to')
      .orderBy('id')
      .limit(PAGE)
      .execute();
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PAGE) break;
    after = [last.to ?? '', last.id];
  }
  const machines = (await tenuresOf(db, contractor)).map(({ endpoint }) => endpoint);
  yield* await mine
    .where('to', 'is', null)
    .where('endpoint', 'in', among(machines))
    .orderBy('from')
    .execute();
}

/** How much of each class there is, without looking at it. Throws NOT_FOUND. */
export async function countHeld(
  db: Db,
  contractor: string,
): Promise<Omit<DataHeld, 'classes'> & { readonly counts: Readonly<Record<string, Counted>> }> {
  const known = await db
    .selectFrom('contractors')
    .select('id')
    .where('id', '=', contractor)
    .executeTakeFirst();
  if (!known) throw new CodedError('NOT_FOUND', { contractor });
  const machines = among((await tenuresOf(db, contractor)).map(({ endpoint }) => endpoint));
  const concerned = concerning(db, contractor);
  const involved = db.selectFrom('case_contractors').select('case').where('contractor', '=', contractor);
  const all = sql<number>`count(*)`.as('rows');
  const since = (column: string) => sql<string | null>`min(${sql.ref(column)})`.as('oldest');
  const state = await erasureOf(db, contractor);
  const over = await db
    .selectFrom('tombstones')
    .select('at')
    .where('class', '=', 'erasure')
    .where('contractor', '=', contractor)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    counts: {
      evidence: await db
        .selectFrom('batches')
        .select([all, since('received_at')])
        .where('endpoint', 'in', machines)
        .where(sql<number>`length(payload)`, '>', 0)
        .executeTakeFirstOrThrow(),
      spans: await countSpans(db, contractor, machines),
      findings: await db
        .selectFrom('findings')
        .select([all, since('found_at')])
        .where('id', 'in', concerned)
        .executeTakeFirstOrThrow(),
      cases: await db
        .selectFrom('cases')
        .select([all, since('opened_at')])
        .where('id', 'in', involved)
        .executeTakeFirstOrThrow(),
      actions: await db
        .selectFrom('actions')
        .select([all, since('at')])
        .where('subject', '=', contractor)
        .executeTakeFirstOrThrow(),
      declarations: await db
        .selectFrom('declaration_versions')
        .select([all, since('known_from')])
        .where('contractor', '=', contractor)
        .executeTakeFirstOrThrow(),
    },
    holds: await holdsOn(db, contractor),
    erasure: state
      ? {
          ...{ requestedBy: state.requestedBy, requestedAt: state.requestedAt, reason: state.reason },
          ...{ approvedBy: state.approved?.by ?? null, approvedAt: state.approved?.at ?? null },
        }
      : null,
    erasedAt: over?.at ?? null,
  };
}

/** Those that ended have an index of their own, and so have those that go on: asked for together, SQLite reads every span. */
async function countSpans(
  db: Db,
  contractor: string,
  machines: ReturnType<typeof among<string>>,
): Promise<Counted> {
  const mine = db
    .selectFrom('spans')
    .select(({ fn }) => [fn.countAll<number>().as('rows'), fn.min('from').as('oldest')])
    .where('contractor', '=', contractor);
  const ended = await mine.where('to', 'is not', null).executeTakeFirstOrThrow();
  const going = await mine
    .where('to', 'is', null)
    .where('endpoint', 'in', machines)
    .executeTakeFirstOrThrow();
  const [oldest = null] = [ended.oldest, going.oldest].filter((at) => at !== null).toSorted();
  return { rows: ended.rows + going.rows, oldest };
}

interface Counted {
  readonly rows: number;
  readonly oldest: string | null;
}

/** Findings that concern somebody, or ever did. */
function concerning(db: Db, contractor: string) {
  return db
    .selectFrom('finding_concerned')
    .select('finding')
    .where('contractor', '=', contractor)
    .union(db.selectFrom('finding_contractors').select('finding').where('contractor', '=', contractor));
}

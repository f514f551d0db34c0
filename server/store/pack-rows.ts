import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { sql } from 'kysely';
import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

/** Whose rows a pack holds; null is everybody. */
export interface PackSubjects {
  readonly contractors: readonly string[] | null;
  readonly endpoints: readonly string[] | null;
  readonly cases: readonly string[] | null;
}

export interface PackRange extends PackSubjects {
  readonly from: Instant;
  readonly to: Instant;
}

const PAGE = 200;
/** A payload may have 256 KiB, and what was read stays in memory for a while after it was written. */
const BATCHES_PAGE = 8;

const inflate = promisify(inflateRaw);

/** Reads page after page, so that memory holds one of them. */
async function* paged<Row>(read: (last: Row | undefined) => Promise<readonly Row[]>): AsyncGenerator<Row> {
  let last: Row | undefined;
  for (;;) {
    const rows = await read(last);
    yield* rows;
    last = rows.at(-1);
    if (last === undefined) return;
  }
}

/** `column in (…)` for lists of any length: as one JSON parameter. */
function among(column: string, ids: readonly string[] | null) {
  if (ids === null) return sql<boolean>`true`;
  return sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(ids)}))`;
}

/** Contractors, endpoints and cases that a request names, as ids that exist; `unknown` are those that do not. */
export async function subjectsNamed(
  db: Db,
  asked: {
    readonly contractors: readonly string[];
    readonly endpoints: readonly string[];
    readonly cases: readonly string[];
  },
): Promise<PackSubjects & { readonly unknown: readonly (readonly [string, string])[] }> {
  const { contractors, endpoints, cases } = asked;
  if (contractors.length + endpoints.length + cases.length === 0)
    return { contractors: null, endpoints: null, cases: null, unknown: [] };
  const known = await db.selectFrom('contractors').select('id').where(among('id', contractors)).execute();
  const named = await db
    .selectFrom('endpoints')
    .select(['id', 'contractor'])
    .where(among('id', endpoints))
    .execute();
  const opened = await db.selectFrom('cases').select('id').where(among('id', cases)).execute();
  const joined = await db
    .selectFrom('case_contractors')
    .select('contractor')
    .where(among('case', cases))
    .execute();
  const whole = [...new Set([...known.map(({ id }) => id), ...joined.map(({ contractor }) => contractor)])];
  const theirs = await db.selectFrom('endpoints').select('id').where(among('contractor', whole)).execute();
  const owners = named.map(({ contractor }) => contractor);
  const everybody = [...new Set([...whole, ...owners])].toSorted();
  const about = await db
    .selectFrom('case_contractors')
    .select('case')
    .distinct()
    .where(among('contractor', everybody))
    .execute();
  return {
    contractors: everybody,
    endpoints: [...new Set([...theirs, ...named].map(({ id }) => id))].toSorted(),
    cases: cases.length > 0 ? [...cases].toSorted() : about.map((row) => row.case).toSorted(),
    unknown: [
      ...missing('contractor', contractors, known),
      ...missing('endpoint', endpoints, named),
      ...missing('case', cases, opened),
    ],
  };
}

function missing(noun: string, asked: readonly string[], found: readonly { readonly id: string }[]) {
  return asked.filter((id) => !found.some((row) => row.id === id)).map((id) => [noun, id] as const);
}

/** Whether anything was received, judged or done in it. */
export async function hasAnything(db: Db, { from, to, contractors, endpoints }: PackRange): Promise<boolean> {
  const batch = await db
    .selectFrom('batches')
    .select('id')
    .where(among('endpoint', endpoints))
    .where('received_at', '>=', from)
    .where('received_at', '<', to)
    .limit(1)
    .executeTakeFirst();
  if (batch) return true;
  const span = await db
    .selectFrom('spans')
    .select('id')
    .where(among('contractor', contractors))
    .where('from', '<', to)
    .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from)]))
    .limit(1)
    .executeTakeFirst();
  return span !== undefined;
}

export function contractorRowsIn(db: Db, { contractors }: PackRange) {
  return paged<{ id: string; label: string | null; declaration: string | null; updated_at: string }>((last) =>
    db
      .selectFrom('contractors')
      .selectAll()
      .where(among('id', contractors))
      .where('id', '>', last?.id ?? '')
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

export function endpointRowsIn(db: Db, { endpoints }: PackSubjects) {
  const columns = [
    'id',
    'contractor',
    'hostname',
    'public_key',
    'agent_version',
    'enrolled_at',
    'last_seen_at',
    'revoked_at',
    'revoked_reason',
    'machine',
    'enrolled_before',
  ] as const;
  return paged((last: { readonly id: string } | undefined) =>
    db
      .selectFrom('endpoints')
      .select(columns)
      .where(among('id', endpoints))
      .where('id', '>', last?.id ?? '')
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

export function gapRowsIn(db: Db, { endpoints }: PackSubjects) {
  return paged((last: { readonly id: number } | undefined) =>
    db
      .selectFrom('gaps')
      .selectAll()
      .where(among('endpoint', endpoints))
      .where('id', '>', last?.id ?? 0)
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** What went on in the range, however long before it began. */
export function spanRowsIn(db: Db, { contractors, endpoints, from, to }: PackRange) {
  return paged((last: { readonly id: number } | undefined) =>
    db
      .selectFrom('spans')
      .selectAll()
      .where('id', '>', last?.id ?? 0)
      .where(among('contractor', contractors))
      .where(among('endpoint', endpoints))
      .where('from', '<', to)
      .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from)]))
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** What stood in the range, whatever became of it. */
export function findingRowsIn(db: Db, { contractors, from, to }: PackRange) {
  const about = db
    .selectFrom('finding_contractors')
    .select('finding')
    .where(among('contractor', contractors));
  return paged((last: { readonly id: string } | undefined) =>
    db
      .selectFrom('findings')
      .select(['id', 'body'])
      .where('id', '>', last?.id ?? '')
      .where('from', '<', to)
      .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from), eb('updated_at', '>=', from)]))
      .$if(contractors !== null, (select) => select.where('id', 'in', about))
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** What findings of these contractors said until the end of the range, version after version. */
export function findingVersionRowsIn(db: Db, { contractors, from, to }: PackRange) {
  const about = db
    .selectFrom('finding_contractors')
    .select('finding')
    .where(among('contractor', contractors));
  return paged((last: { readonly id: number } | undefined) =>
    db
      .selectFrom('finding_versions')
      .selectAll()
      .where('id', '>', last?.id ?? 0)
      .where('at', '>=', from)
      .where('at', '<', to)
      .$if(contractors !== null, (select) => select.where('finding', 'in', about))
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** What contractors had declared, version after version, until the end of the range. */
export function declarationVersionRowsIn(db: Db, { contractors, to }: PackRange) {
  return paged((last: { readonly id: number } | undefined) =>
    db
      .selectFrom('declaration_versions')
      .selectAll()
      .where('id', '>', last?.id ?? 0)
      .where(among('contractor', contractors))
      .where('known_from', '<', to)
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

export function caseRowsIn(db: Db, { cases, from, to }: PackRange) {
  return paged((last: { readonly id: string } | undefined) =>
    db
      .selectFrom('cases')
      .select(['id', 'status', 'opened_at', 'updated_at', 'body'])
      .where('id', '>', last?.id ?? '')
      .where(among('id', cases))
      .where('opened_at', '<', to)
      .where((eb) => eb.or([eb('updated_at', '>=', from), eb('status', 'in', ['new', 'investigating'])]))
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** All that was done, until now, to the findings and cases of `findingRowsIn` and `caseRowsIn`. */
export function triageRowsIn(db: Db, range: PackRange) {
  const { contractors, cases, from, to } = range;
  const about = db
    .selectFrom('finding_contractors')
    .select('finding')
    .where(among('contractor', contractors));
  const found = db
    .selectFrom('findings')
    .select('id')
    .where('from', '<', to)
    .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from), eb('updated_at', '>=', from)]))
    .$if(contractors !== null, (select) => select.where('id', 'in', about));
  const opened = db
    .selectFrom('cases')
    .select('id')
    .where(among('id', cases))
    .where('opened_at', '<', to)
    .where((eb) => eb.or([eb('updated_at', '>=', from), eb('status', 'in', ['new', 'investigating'])]));
  type Key = { readonly about: string; readonly subject: string; readonly version: number };
  return paged((last: Key | undefined) =>
    db
      .selectFrom('triage_steps')
      .selectAll()
      .where((eb) =>
        eb.or([
          eb.and([eb('about', '=', 'finding'), eb('subject', 'in', found)]),
          eb.and([eb('about', '=', 'case'), eb('subject', 'in', opened)]),
        ]),
      )
      .$if(last !== undefined, (select) =>
        select.where((eb) =>
          eb(
            eb.refTuple('about', 'subject', 'version'),
            '>',
            eb.tuple(last?.about ?? '', last?.subject ?? '', last?.version ?? 0),
          ),
        ),
      )
      .orderBy('about')
      .orderBy('subject')
      .orderBy('version')
      .limit(PAGE)
      .execute(),
  );
}

/** Settings of rules concern everybody; exceptions those whom they permit something. */
export function proposalRowsIn(db: Db, { contractors, to }: PackRange) {
  return paged((last: { readonly id: string } | undefined) =>
    db
      .selectFrom('proposals')
      .selectAll()
      .where('id', '>', last?.id ?? '')
      .where('requested_at', '<', to)
      .where((eb) => eb.or([eb('kind', '=', 'settings'), among('subject', contractors)]))
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

/** Rows of the action log after an id; the chain needs every one of them. */
export function actionRowsIn(
  db: Db,
  { after, through }: { readonly after: number; readonly through: number },
) {
  return paged((last: { readonly id: number } | undefined) =>
    db
      .selectFrom('actions')
      .selectAll()
      .where('id', '>', last?.id ?? after)
      .where('id', '<=', through)
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

export function dayHeadRowsIn(
  db: Db,
  { firstDay, lastDay }: { readonly firstDay: string; readonly lastDay: string },
) {
  return paged(
    (last: { readonly day: string; readonly endpoint: string; readonly epoch: string } | undefined) =>
      db
        .selectFrom('day_heads')
        .selectAll()
        .where('day', '>=', firstDay)
        .where('day', '<=', lastDay)
        .$if(last !== undefined, (select) =>
          select.where((eb) =>
            eb(
              eb.refTuple('day', 'endpoint', 'epoch'),
              '>',
              eb.tuple(last?.day ?? '', last?.endpoint ?? '', last?.epoch ?? ''),
            ),
          ),
        )
        .orderBy('day')
        .orderBy('endpoint')
        .orderBy('epoch')
        .limit(PAGE)
        .execute(),
  );
}

/** Networks and places as databases told them when they were looked up, by version. */
export async function intelVersionsIn(db: Db, { contractors, from, to }: PackRange) {
  return db
    .selectFrom('spans')
    .select(sql<string>`json_extract(fact, '$.intelVersion')`.as('version'))
    .select((eb) => [
      eb.fn.min('from').as('first'),
      eb.fn.max('from').as('last'),
      eb.fn.countAll<number>().as('lookups'),
    ])
    .where('kind', 'in', ['egress', 'peer'])
    .where(sql<boolean>`json_extract(fact, '$.intelVersion') is not null`)
    .where(among('contractor', contractors))
    .where('from', '<', to)
    .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from)]))
    .groupBy('version')
    .orderBy('version')
    .execute();
}

/** The spools of an endpoint, oldest first. */
export async function spoolsOf(db: Db, endpoint: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('cursors')
    .select('epoch')
    .where('endpoint', '=', endpoint)
    .orderBy('started_at')
    .orderBy('epoch')
    .execute();
  return rows.map(({ epoch }) => epoch);
}

export interface PackBatch {
  readonly epoch: string;
  readonly first: number;
  readonly last: number;
  readonly prev: string;
  readonly hash: string;
  readonly signature: string;
  readonly offset_ms: number;
  readonly received_at: string;
  /** Exactly the bytes that were sealed; undefined when they were not asked for. */
  readonly payload: Buffer | undefined;
}

/** Batches of one spool in the order of its chain, as they were received in the range. */
export async function* batchesOf(
  db: Db,
  of: {
    readonly endpoint: string;
    readonly epoch: string;
    readonly from: Instant;
    readonly to: Instant;
    readonly payloads: boolean;
  },
): AsyncGenerator<PackBatch> {
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom('batches')
      .select(['epoch', 'first', 'last', 'prev', 'hash', 'signature', 'offset_ms', 'received_at', 'payload'])
      .where('endpoint', '=', of.endpoint)
      .where('epoch', '=', of.epoch)
      .where('first', '>', after)
      .where('received_at', '>=', of.from)
      .where('received_at', '<', of.to)
      .orderBy('first')
      .limit(BATCHES_PAGE)
      .execute();
    const payloads = of.payloads ? await Promise.all(rows.map(({ payload }) => opened(payload))) : [];
    for (const [index, row] of rows.entries()) yield { ...row, payload: payloads[index] };
    const last = rows.at(-1);
    if (!last) return;
    after = last.first;
  }
}

/** Of a payload that was erased nothing is left. */
async function opened(payload: Uint8Array): Promise<Buffer | undefined> {
  return payload.length === 0 ? undefined : inflate(payload);
}

/** What stands for what was purged or erased: of these endpoints and contractors, and of everybody. */
export function tombstoneRowsIn(db: Db, { contractors, endpoints }: PackSubjects) {
  return paged((last: { readonly id: number } | undefined) =>
    db
      .selectFrom('tombstones')
      .select(['id', 'class', 'contractor', 'from', 'until', 'at', 'body', 'key_id', 'signature'])
      .where('id', '>', last?.id ?? 0)
      .where((eb) =>
        eb.or([
          eb('contractor', 'is', null),
          among('contractor', contractors),
          // Somebody else's too, where the endpoint was theirs before.
          ...(endpoints === null ? [] : [eb(EVIDENCE_OF, 'in', [...endpoints])]),
        ]),
      )
      .orderBy('id')
      .limit(PAGE)
      .execute(),
  );
}

const EVIDENCE_OF = sql<string>`body ->> '$.evidence.endpoint'`;

/** What a redacted pack must not name: labels, hosts and accounts of whom it tells. */
export async function namesIn(db: Db, { contractors, endpoints }: PackSubjects): Promise<readonly string[]> {
  const labels = await db
    .selectFrom('contractors')
    .select('label as name')
    .where(among('id', contractors))
    .execute();
  const hosts = await db
    .selectFrom('endpoints')
    .select('hostname as name')
    .where(among('id', endpoints))
    .execute();
  const accounts = await db
    .selectFrom('spans')
    .select([
      sql<string | null>`json_extract(fact, '$.user')`.as('name'),
      sql<string | null>`json_extract(fact, '$.clientName')`.as('client'),
    ])
    .distinct()
    .where('kind', '=', 'session')
    .where(among('contractor', contractors))
    .execute();
  const all = [...labels, ...hosts, ...accounts, ...accounts.map(({ client }) => ({ name: client }))];
  return [...new Set(all.flatMap(({ name }) => name ?? []))];
}

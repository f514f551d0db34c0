import { sql } from 'kysely';
import { isAmong } from './among.ts';
import type { PackRange, PackSubjects } from './pack-scope.ts';
import { paged } from './paged.ts';
import type { Db } from './store.ts';

const PAGE = 200;
export function contractorRowsIn(db: Db, { contractors }: PackRange) {
  return paged<{ id: string; label: string | null; declaration: string | null; updated_at: string }>((last) =>
    db
      .selectFrom('contractors')
      .selectAll()
      .where(isAmong('id', contractors))
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
      .where(isAmong('id', endpoints))
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
      .where(isAmong('endpoint', endpoints))
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
      .where(isAmong('contractor', contractors))
      .where(isAmong('endpoint', endpoints))
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
    .where(isAmong('contractor', contractors));
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
    .where(isAmong('contractor', contractors));
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
      .where(isAmong('contractor', contractors))
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
      .where(isAmong('id', cases))
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
    .where(isAmong('contractor', contractors));
  const found = db
    .selectFrom('findings')
    .select('id')
    .where('from', '<', to)
    .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from), eb('updated_at', '>=', from)]))
    .$if(contractors !== null, (select) => select.where('id', 'in', about));
  const opened = db
    .selectFrom('cases')
    .select('id')
    .where(isAmong('id', cases))
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
      .where((eb) => eb.or([eb('kind', '=', 'settings'), isAmong('subject', contractors)]))
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
    .where(isAmong('contractor', contractors))
    .where('from', '<', to)
    .where((eb) => eb.or([eb('to', 'is', null), eb('to', '>=', from)]))
    .groupBy('version')
    .orderBy('version')
    .execute();
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
          isAmong('contractor', contractors),
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

import { CodedError } from '../../shared/errors.ts';
import { holdOn } from './holds.ts';
import { rulings } from './proposals.ts';
import type { Db } from './store.ts';
import { tombstones } from './tombstones.ts';

/** Everything held about one person, by what it is; rows as they are stored, without evidence's bytes. Throws NOT_FOUND. */
export async function heldAbout(db: Db, contractor: string) {
  const row = await db.selectFrom('contractors').selectAll().where('id', '=', contractor).executeTakeFirst();
  if (!row) throw new CodedError('NOT_FOUND', { contractor });
  const of = (table: 'finding_concerned') =>
    db.selectFrom(table).select('finding').where('contractor', '=', contractor);
  const endpoints = await db
    .selectFrom('endpoints')
    .select([
      'id',
      'hostname',
      'agent_version',
      'enrolled_at',
      'last_seen_at',
      'revoked_at',
      'revoked_reason',
    ])
    .where('contractor', '=', contractor)
    .execute();
  const evidence = await db
    .selectFrom('batches')
    .select((eb) => [
      'endpoint',
      'epoch',
      eb.fn.countAll<number>().as('batches'),
      eb.fn.min('received_at').as('from'),
      eb.fn.max('received_at').as('until'),
    ])
    .where('endpoint', 'in', db.selectFrom('endpoints').select('id').where('contractor', '=', contractor))
    .groupBy(['endpoint', 'epoch'])
    .execute();
  return {
    contractor: [{ id: row.id, label: row.label, declaration: row.declaration, updated: row.updated_at }],
    'earlier declarations': await db
      .selectFrom('declaration_versions')
      .select(['known_from', 'declaration', 'actor'])
      .where('contractor', '=', contractor)
      .orderBy('known_from')
      .execute(),
    endpoints,
    evidence,
    spans: await db
      .selectFrom('spans')
      .select(['endpoint', 'kind', 'source', 'from', 'to', 'fact'])
      .where('contractor', '=', contractor)
      .orderBy('from')
      .execute(),
    findings: await db
      .selectFrom('findings')
      .select('body')
      .where('id', 'in', of('finding_concerned'))
      .execute(),
    cases: await db
      .selectFrom('cases')
      .select('body')
      .where(
        'id',
        'in',
        db.selectFrom('case_contractors').select('case').where('contractor', '=', contractor),
      )
      .execute(),
    exceptions: (await rulings(db)).exceptions.filter((one) => one.contractor === contractor),
    'who acted on it': await db
      .selectFrom('actions')
      .select(['at', 'actor', 'source', 'action', 'detail'])
      .where('subject', '=', contractor)
      .orderBy('id')
      .execute(),
    'removed already': (await tombstones(db, { contractor })).map(({ tombstone }) => tombstone),
    'legal hold': [{ hold: (await holdOn(db, contractor)) ?? 'none' }],
  } as const;
}

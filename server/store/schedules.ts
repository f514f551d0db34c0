import { randomBytes } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { ScheduleSettings } from '../../shared/api/schedules.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Instant } from '../../shared/time.ts';
import { appendAction } from './actions.ts';
import type { By } from './proposals.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';

/** A schedule as it is kept; what it did is in its runs. */
export interface KeptSchedule {
  readonly id: string;
  readonly version: number;
  readonly settings: ScheduleSettings;
  /** The first due time that nobody claimed yet. */
  readonly nextDue: Instant | null;
  /** Where the period of the last claim ended. */
  readonly coveredTo: Instant;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly succeededAt: Instant | null;
  readonly failures: number;
}

/** Runs in a transaction, as all that changes here. */
export async function addSchedule(
  trx: Db,
  settings: ScheduleSettings,
  { nextDue, by }: { readonly nextDue: Instant | null; readonly by: By },
): Promise<KeptSchedule> {
  const id = `sc${randomBytes(5).toString('hex')}`;
  const row = {
    ...{ id, version: 1, enabled: settings.enabled ? 1 : 0, next_due: nextDue, covered_to: by.at },
    ...{ created_at: by.at, created_by: by.actor, succeeded_at: null, failures: 0 },
    body: JSON.stringify(settings),
  };
  await trx.insertInto('schedules').values(row).execute();
  await appendAction(trx, { ...by, action: 'schedule.add', subject: id, detail: { after: settings } });
  return scheduleOf(row);
}

/** Throws NOT_FOUND, SCHEDULE_CHANGED when it is of another version by now. */
export async function changeSchedule(
  trx: Db,
  before: KeptSchedule,
  change: { readonly settings: ScheduleSettings; readonly nextDue: Instant | null; readonly by: By },
): Promise<KeptSchedule> {
  const { settings, nextDue, by } = change;
  await trx
    .updateTable('schedules')
    .set({
      version: before.version + 1,
      enabled: settings.enabled ? 1 : 0,
      next_due: nextDue,
      body: JSON.stringify(settings),
    })
    .where('id', '=', before.id)
    .execute();
  await appendAction(trx, {
    ...by,
    action: actionOf(before.settings, settings),
    subject: before.id,
    detail: { before: before.settings, after: settings },
  });
  return scheduleNamed(trx, before.id);
}

function actionOf(before: ScheduleSettings, after: ScheduleSettings): string {
  const same = JSON.stringify({ ...before, enabled: after.enabled }) === JSON.stringify(after);
  if (!same || before.enabled === after.enabled) return 'schedule.change';
  return after.enabled ? 'schedule.resume' : 'schedule.pause';
}

/** Its packs stay where they are. */
export async function removeSchedule(
  trx: Db,
  { id, settings }: KeptSchedule,
  { reason, by }: { readonly reason: string | undefined; readonly by: By },
): Promise<void> {
  await trx.deleteFrom('schedules').where('id', '=', id).execute();
  await trx.deleteFrom('schedule_runs').where('schedule', '=', id).execute();
  const detail = { before: settings, after: null, ...(reason === undefined ? {} : { reason }) };
  await appendAction(trx, { ...by, action: 'schedule.remove', subject: id, detail });
}

/** Throws NOT_FOUND, and SCHEDULE_CHANGED where a version is expected and it is another one. */
export async function scheduleNamed(db: Db, id: string, version?: number): Promise<KeptSchedule> {
  const row = await db.selectFrom('schedules').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw new CodedError('NOT_FOUND', { schedule: id });
  if (version !== undefined && row.version !== version)
    throw new CodedError('SCHEDULE_CHANGED', { schedule: id, version: row.version });
  return scheduleOf(row);
}

/** In the order in which they were made. */
export async function listSchedules(db: Db): Promise<readonly KeptSchedule[]> {
  const rows = await db.selectFrom('schedules').selectAll().orderBy('created_at').orderBy('id').execute();
  return rows.map(scheduleOf);
}

/** Those that are due. */
export async function schedulesDue(db: Db, now: Instant): Promise<readonly KeptSchedule[]> {
  const rows = await db
    .selectFrom('schedules')
    .selectAll()
    .where('enabled', '=', 1)
    .where('next_due', '<=', now)
    .execute();
  return rows.map(scheduleOf);
}

export async function moveSchedule(
  trx: Db,
  id: string,
  to: { readonly nextDue?: Instant | null; readonly coveredTo: Instant },
): Promise<void> {
  const { nextDue, coveredTo } = to;
  await trx
    .updateTable('schedules')
    .set({ covered_to: coveredTo, ...(nextDue === undefined ? {} : { next_due: nextDue }) })
    .where('id', '=', id)
    .execute();
}

/** Notes on a schedule that a run of it went well, or not. */
export async function noteOutcome(trx: Db, id: string, succeededAt: Instant | undefined): Promise<void> {
  await trx
    .updateTable('schedules')
    .set((eb) =>
      succeededAt === undefined ? { failures: eb('failures', '+', 1) } : { succeeded_at: succeededAt },
    )
    .where('id', '=', id)
    .execute();
}

function scheduleOf(row: Selectable<Tables['schedules']>): KeptSchedule {
  return {
    ...{ id: row.id, version: row.version, settings: JSON.parse(row.body), nextDue: row.next_due },
    ...{ coveredTo: row.covered_to, createdAt: row.created_at, createdBy: row.created_by },
    ...{ succeededAt: row.succeeded_at, failures: row.failures },
  };
}

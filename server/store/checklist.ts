import type { Checklist } from '../../shared/api/setup.ts';
import { appendAction } from './actions.ts';
import { marksOf } from './overview-marks.ts';
import type { By } from './proposals.ts';
import type { Db } from './store.ts';

const NOTED = 'backup-noted';

/** How far a new collector has come. */
export async function checklistFor(db: Db, account: string): Promise<Checklist> {
  const counts = await db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('endpoints')
        .select(eb.fn.countAll<number>().as('n'))
        .where('revoked_at', 'is', null)
        .$asScalar()
        .$notNull()
        .as('endpoints'),
      eb
        .selectFrom('contractors')
        .select(eb.fn.countAll<number>().as('n'))
        .where('declaration', 'is not', null)
        .$asScalar()
        .$notNull()
        .as('declared'),
      eb
        .selectFrom('accounts')
        .select(eb.fn.countAll<number>().as('n'))
        .where('disabled_at', 'is', null)
        .$asScalar()
        .$notNull()
        .as('accounts'),
    ])
    .executeTakeFirstOrThrow();
  const { dismissedAt } = await marksOf(db, account);
  return { ...counts, noted: await notedOf(db), dismissedAt };
}

/** Somebody says that backup and keys are noted down; the first to say so stays. */
export async function noteBackup(db: Db, { actor, source, at }: By): Promise<void> {
  if (await notedOf(db)) return;
  const value = JSON.stringify({ by: actor, at });
  await db.insertInto('meta').values({ key: NOTED, value }).execute();
  const detail = { before: null, after: at };
  await appendAction(db, { actor, source, at, action: 'checklist.backup', subject: 'collector', detail });
}

async function notedOf(db: Db): Promise<Checklist['noted']> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', NOTED).executeTakeFirst();
  return row ? JSON.parse(row.value) : null;
}

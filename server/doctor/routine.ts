import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import { firstMoment } from '../store/day-roots.ts';
import { erasuresUnderWay } from '../store/erasures.ts';
import { metaTime } from '../store/meta.ts';
import type { Looked } from './signed-days.ts';
import { type Fine, fine, problem, type Trouble } from './verdicts.ts';

/** The purge runs once a day; the second day is for a collector that was off. */
const PURGE_MS = 2 * DAY;
const BACKUP_MS = 7 * DAY;

export async function retentionRuns({ db, now }: Looked): Promise<Fine | Trouble> {
  const waiting = await erasuresUnderWay(db);
  const last = await metaTime(db, 'purged-at');
  const since = last ?? (await firstMoment(db));
  if (since === undefined || millis(since) > now - PURGE_MS)
    return fine(
      `${last === undefined ? 'Nothing was old enough to purge yet' : `The last purge was on ${last}`}${waiting.length > 0 ? `; ${waiting.length} erasures are under way` : ''}.`,
    );
  return problem(
    `${last === undefined ? 'No purge ever came to its end' : `The last purge that came to its end was on ${last}`}: what is older than \`retention\` allows is kept still.`,
    'Start the collector, which purges once a day, or call "farhand purge --now". If it runs, its log says what broke it off.',
  );
}

export async function backupAge({ db, now }: Looked): Promise<Fine | Trouble> {
  const last = await metaTime(db, 'backup-at');
  const first = await firstMoment(db);
  if (last !== undefined && millis(last) > now - BACKUP_MS)
    return fine(`The last backup was made on ${last}.`);
  if (first === undefined || isYoung(first, now))
    return fine('The store is younger than a week, and has no backup yet.');
  return problem(
    last === undefined
      ? 'No backup was ever made with "farhand backup".'
      : `The last backup was made on ${last}, ${Math.floor((now - millis(last)) / DAY)} days ago.`,
    'Let a timer call "farhand backup" every night, and keep the files where they outlive this machine.',
  );
}

function isYoung(first: Instant, now: number): boolean {
  return first > instant(now - BACKUP_MS);
}

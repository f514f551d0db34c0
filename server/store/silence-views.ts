import type { SilenceView } from '../../shared/api.ts';
import { CodedError } from '../../shared/errors.ts';
import { DAY, type Instant, instant, millis } from '../../shared/time.ts';
import { SILENCE_READS, silences } from '../detect/silences.ts';
import type { Db } from './store.ts';
import { contractorTimeline } from './timelines.ts';

const LOOK_BACK = 30 * DAY;
const MOST = 200;

/** When nothing was heard of an endpoint, newest first. Throws NOT_FOUND. */
export async function silencesOf(db: Db, endpoint: string, now: Instant): Promise<SilenceView[]> {
  const row = await db
    .selectFrom('endpoints')
    .select('contractor')
    .where('id', '=', endpoint)
    .executeTakeFirst();
  const timeline =
    row &&
    (await contractorTimeline(db, row.contractor, {
      now,
      since: instant(millis(now) - LOOK_BACK),
      kinds: new Set(SILENCE_READS),
    }));
  if (!timeline) throw new CodedError('NOT_FOUND', { endpoint });
  return silences(timeline)
    .filter((silence) => silence.endpoint === endpoint)
    .slice(-MOST)
    .toReversed()
    .map(({ from, to = null, why, parts }) => ({
      from,
      to,
      why,
      parts: parts.map((part) => ({ from: part.from, to: part.to ?? null, why: part.why })),
    }));
}

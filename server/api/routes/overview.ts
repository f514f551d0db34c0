import { overviewSchema, seenSchema, worldSchema } from '../../../shared/api/overview.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant, millis } from '../../../shared/time.ts';
import { overviewFor } from '../../store/overview.ts';
import { markSeen } from '../../store/overview-marks.ts';
import { worldNow } from '../../store/world.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

export const overviewRoutes: readonly Route[] = [
  reads({
    path: '/overview',
    summary: 'What changed since the account last looked, what stands open, the trend, the fleet',
    query: NO_QUERY,
    response: overviewSchema,
    answer: async ({ api, session }) => {
      if (!session) throw new CodedError('SIGN_IN_REQUIRED');
      return overviewFor(api.store.db, session.account, instant(api.clock()));
    },
  }),
  reads({
    path: '/overview/world',
    summary: 'Where contractors are now against where they said they would be',
    query: NO_QUERY,
    response: worldSchema,
    answer: ({ api }) => worldNow(api.store.db),
  }),
  {
    method: 'post',
    path: '/overview/seen',
    summary: 'Marks everything up to a moment as seen by the account',
    open: false,
    personal: true,
    body: seenSchema,
    run: seen,
  },
];

async function seen(incoming: Incoming): Promise<Response> {
  const mark = await parsedBody(seenSchema, incoming.request);
  const by = byOf(incoming);
  // Nobody has seen what is still to come.
  const at = instant(Math.min(millis(mark.at), millis(by.at)));
  await incoming.api.store.db.transaction().execute((trx) => markSeen(trx, { ...mark, at }, by));
  return new Response(null, { status: 204 });
}

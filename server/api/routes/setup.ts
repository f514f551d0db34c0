import { checklistSchema, setupSchema } from '../../../shared/api/setup.ts';
import { CodedError } from '../../../shared/errors.ts';
import { checklistFor, noteBackup } from '../../store/checklist.ts';
import { dismissChecklist } from '../../store/overview-marks.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, type Route, reads } from '../route.ts';

export const setupRoutes: readonly Route[] = [
  reads({
    path: '/collector',
    summary: 'What is configured and how the collector stands; no secrets',
    right: 'administer',
    query: NO_QUERY,
    response: setupSchema,
    answer: ({ api }) => api.setup(),
  }),
  reads({
    path: '/checklist',
    summary: 'What there is to do on a new collector, and what of it is done',
    query: NO_QUERY,
    response: checklistSchema,
    answer: async ({ api, session }) => {
      if (!session) throw new CodedError('SIGN_IN_REQUIRED');
      return checklistFor(api.store.db, session.account);
    },
  }),
  {
    method: 'post',
    path: '/checklist/dismiss',
    summary: 'Shows the checklist to the account no more',
    open: false,
    personal: true,
    run: dismiss,
  },
  {
    method: 'post',
    path: '/checklist/backup',
    summary: 'Says that backup and keys are noted down where they outlive this machine',
    open: false,
    right: 'administer',
    personal: true,
    run: backup,
  },
];

async function dismiss(incoming: Incoming): Promise<Response> {
  const by = byOf(incoming);
  await incoming.api.store.db.transaction().execute((trx) => dismissChecklist(trx, by));
  return new Response(null, { status: 204 });
}

async function backup(incoming: Incoming): Promise<Response> {
  const by = byOf(incoming);
  await incoming.api.store.db.transaction().execute((trx) => noteBackup(trx, by));
  return new Response(null, { status: 204 });
}

import {
  bulkResultSchema,
  bulkTriageSchema,
  triageRequestSchema,
  triageStateSchema,
} from '../../../shared/api/triage.ts';
import { keepCases } from '../../detector/keep-cases.ts';
import type { By } from '../../store/proposals.ts';
import type { Trx } from '../../store/store.ts';
import { type Done, triageCase, triageFinding, triageFindings } from '../../store/triage-requests.ts';
import { byOf } from '../auth.ts';
import { type Incoming, parsedBody, type Route } from '../route.ts';

const ONE = {
  method: 'post',
  open: false,
  right: 'triage',
  body: triageRequestSchema,
  response: { schema: triageStateSchema, mediaType: 'application/json' },
} as const;

export const triageRoutes: readonly Route[] = [
  {
    ...ONE,
    path: '/findings/triage',
    summary: 'Assigns, decides or notes on up to 200 findings; each is done whole or not at all',
    body: bulkTriageSchema,
    response: { schema: bulkResultSchema, mediaType: 'application/json' },
    run: many,
  },
  {
    ...ONE,
    path: '/findings/:id/triage',
    summary: 'Assigns, decides or notes on a finding; CONFLICT, with how it stands, when somebody was faster',
    run: finding,
  },
  {
    ...ONE,
    path: '/cases/:id/triage',
    summary:
      'As for a finding; a decision resolves the findings of the case that are open, with the same decision',
    run: ofCase,
  },
];

async function finding(incoming: Incoming): Promise<Response> {
  const change = await parsedBody(triageRequestSchema, incoming.request);
  const id = incoming.params['id'] ?? '';
  return done(incoming, (trx, by) => triageFinding(trx, id, { change, by }));
}

async function ofCase(incoming: Incoming): Promise<Response> {
  const change = await parsedBody(triageRequestSchema, incoming.request);
  const id = incoming.params['id'] ?? '';
  return done(incoming, (trx, by) => triageCase(trx, id, { change, by }));
}

async function many(incoming: Incoming): Promise<Response> {
  const { findings, change } = await parsedBody(bulkTriageSchema, incoming.request);
  return done(incoming, (trx, by) => triageFindings(trx, findings, { change, by }));
}

/** Cases follow at once what was decided on their findings. */
async function done<Answer>(
  incoming: Incoming,
  work: (trx: Trx, by: By) => Promise<Done<Answer>>,
): Promise<Response> {
  const { store } = incoming.api;
  const by = byOf(incoming);
  const answer = await store.db.transaction().execute(async (trx) => {
    const { answer: told, findings } = await work(trx, by);
    await keepCases(trx, by.at, findings);
    return told;
  });
  store.feed.ring();
  return Response.json(answer);
}

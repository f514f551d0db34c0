import {
  proposalDetailSchema,
  proposalsQuerySchema,
  proposalsSchema,
} from '../../../shared/api/proposals.ts';
import { previewRequestSchema, previewSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { decisionSchema, proposalSchema, requestSchema } from '../../../shared/proposal.ts';
import { proposalDetail, proposalsPage } from '../../store/proposal-views.ts';
import { decide, propose } from '../../store/proposals.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

/** As many changes as a preview names; all of them are counted. */
const NAMED_CHANGES = 200;

export const proposalRoutes: readonly Route[] = [
  reads({
    path: '/proposals',
    summary: 'Exceptions and settings that were asked for, latest request first',
    query: proposalsQuerySchema,
    response: proposalsSchema,
    answer: ({ api, query }) => proposalsPage(api.store.db, query),
  }),
  reads({
    path: '/proposals/:id',
    summary: 'One exception or setting that was asked for, with the findings that it makes expected now',
    query: NO_QUERY,
    response: proposalDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const detail = await proposalDetail(api.store.db, id);
      if (!detail) throw new CodedError('NOT_FOUND', { proposal: id });
      return detail;
    },
  }),
  {
    method: 'post',
    path: '/proposals',
    summary: 'Asks for an exception or for settings of a rule; somebody else decides',
    open: false,
    right: 'triage',
    errors: ['SETTINGS_INVALID'],
    body: requestSchema,
    response: { schema: proposalSchema, mediaType: 'application/json' },
    run: request,
  },
  {
    method: 'post',
    path: '/proposals/preview',
    summary:
      'Which findings of the look-back window a change would add, change or take away; changes nothing',
    open: false,
    right: 'triage',
    errors: ['SETTINGS_INVALID'],
    body: previewRequestSchema,
    response: { schema: previewSchema, mediaType: 'application/json' },
    run: preview,
  },
  {
    method: 'post',
    path: '/proposals/:id/decision',
    summary: 'Approves or rejects what somebody else asked for, or ends what was approved',
    open: false,
    right: 'triage',
    errors: ['FOUR_EYES', 'PROPOSAL_DECIDED'],
    body: decisionSchema,
    response: { schema: proposalSchema, mediaType: 'application/json' },
    run: decision,
  },
];

async function request(incoming: Incoming): Promise<Response> {
  const { api } = incoming;
  const asked = await parsedBody(requestSchema, incoming.request);
  await api.proposed.check(asked.change);
  const by = byOf(incoming);
  const proposal = await api.store.db.transaction().execute((trx) => propose(trx, asked, by));
  api.store.feed.ring();
  return Response.json(proposal);
}

async function preview({ api, request: asked }: Incoming): Promise<Response> {
  const { change } = await parsedBody(previewRequestSchema, asked);
  const changes = await api.proposed.preview(change, asked.signal);
  return Response.json({ count: changes.length, changes: changes.slice(0, NAMED_CHANGES) });
}

async function decision(incoming: Incoming): Promise<Response> {
  const { api, params } = incoming;
  const answer = await parsedBody(decisionSchema, incoming.request);
  const by = byOf(incoming);
  const proposal = await api.store.db
    .transaction()
    .execute((trx) => decide(trx, params['id'] ?? '', { decision: answer, by }));
  api.store.dirty.ring();
  api.store.feed.ring();
  return Response.json(proposal);
}

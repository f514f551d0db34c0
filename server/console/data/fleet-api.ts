import { type EndpointsQuery, endpointsSchema, fleetSchema } from '../../../shared/api/endpoints.ts';
import {
  type PlaceGraphQuery,
  type PlacesQuery,
  placeGraphSchema,
  placesPageSchema,
} from '../../../shared/api/places.ts';
import { type ProposalsQuery, proposalDetailSchema, proposalsSchema } from '../../../shared/api/proposals.ts';
import { ruleDetailSchema, rulesSchema } from '../../../shared/api/rules.ts';
import { madeTokenSchema, type NewTokenRequest, tokensSchema } from '../../../shared/api/tokens.ts';
import { advisoriesSchema, placeDetailSchema, previewSchema } from '../../../shared/api.ts';
import { type Change, type ChangeRequest, type Decision, proposalSchema } from '../../../shared/proposal.ts';
import { get, parsed, post, search } from './api.ts';

/** Requests of the views of fleet, places, rules and exceptions. */
export const fleetApi = {
  endpoints: (query: EndpointsQuery, signal: AbortSignal) =>
    get(`/endpoints${search(query)}`, endpointsSchema, signal),
  fleet: (signal: AbortSignal) => get('/fleet', fleetSchema, signal),
  revoke: (id: string, reason: string) =>
    post(`/endpoints/${encodeURIComponent(id)}/revoke`, JSON.stringify({ reason })),
  tokens: (signal: AbortSignal) => get('/tokens', tokensSchema, signal),
  makeToken: async (request: NewTokenRequest) =>
    parsed(await post('/tokens', JSON.stringify(request)), madeTokenSchema, '/tokens'),
  revokeToken: (id: string) => post(`/tokens/${encodeURIComponent(id)}/revoke`),
  rules: (signal: AbortSignal) => get('/rules', rulesSchema, signal),
  rule: (id: string, signal: AbortSignal) =>
    get(`/rules/${encodeURIComponent(id)}`, ruleDetailSchema, signal),
  advisories: (signal: AbortSignal) => get('/advisories', advisoriesSchema, signal),
  proposals: (query: ProposalsQuery, signal: AbortSignal) =>
    get(`/proposals${search(query)}`, proposalsSchema, signal),
  proposal: (id: string, signal: AbortSignal) =>
    get(`/proposals/${encodeURIComponent(id)}`, proposalDetailSchema, signal),
  preview: async (change: Change) =>
    parsed(await post('/proposals/preview', JSON.stringify({ change })), previewSchema, '/proposals/preview'),
  propose: async (request: ChangeRequest) =>
    parsed(await post('/proposals', JSON.stringify(request)), proposalSchema, '/proposals'),
  decide: async (id: string, decision: Decision) =>
    parsed(
      await post(`/proposals/${encodeURIComponent(id)}/decision`, JSON.stringify(decision)),
      proposalSchema,
      '/proposals/decision',
    ),
  places: (query: PlacesQuery, signal: AbortSignal) =>
    get(`/places${search(query)}`, placesPageSchema, signal),
  placeGraph: (query: PlaceGraphQuery, signal: AbortSignal) =>
    get(`/places/graph${search(query)}`, placeGraphSchema, signal),
  place: (id: string, signal: AbortSignal) =>
    get(`/places/${encodeURIComponent(id)}`, placeDetailSchema, signal),
};

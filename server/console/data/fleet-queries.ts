import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { EndpointsQuery } from '../../../shared/api/endpoints.ts';
import type { PlaceGraphQuery, PlacesQuery } from '../../../shared/api/places.ts';
import type { ProposalsQuery } from '../../../shared/api/proposals.ts';
import { fleetApi } from './fleet-api.ts';
import { noCursor, PAGE } from './queries.ts';

export function endpointsQuery(filter: EndpointsQuery) {
  return infiniteQueryOptions({
    queryKey: ['endpoints', filter],
    queryFn: ({ signal, pageParam }) =>
      fleetApi.endpoints(
        { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: noCursor(),
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

export const fleetQuery = queryOptions({
  queryKey: ['fleet'],
  queryFn: ({ signal }) => fleetApi.fleet(signal),
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => fleetApi.tokens(signal),
});

export const rulesQuery = queryOptions({
  queryKey: ['rules'],
  queryFn: ({ signal }) => fleetApi.rules(signal),
});

export function ruleQuery(id: string) {
  return queryOptions({ queryKey: ['rule', id], queryFn: ({ signal }) => fleetApi.rule(id, signal) });
}

/** Part of the collector's version, so it does not change while the console is open. */
export const advisoriesQuery = queryOptions({
  queryKey: ['advisories'],
  queryFn: ({ signal }) => fleetApi.advisories(signal),
  staleTime: Number.POSITIVE_INFINITY,
});

export function proposalsQuery(filter: ProposalsQuery) {
  return queryOptions({
    queryKey: ['proposals', filter],
    queryFn: ({ signal }) => fleetApi.proposals({ ...filter, limit: MOST_PROPOSALS }, signal),
  });
}

const MOST_PROPOSALS = 200;

/** All of them, a page at a time. */
export const allProposalsQuery = infiniteQueryOptions({
  queryKey: ['proposals', 'all'],
  queryFn: ({ signal, pageParam }) =>
    fleetApi.proposals({ limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
  initialPageParam: noCursor(),
  getNextPageParam: ({ next }) => next,
});

export function proposalQuery(id: string) {
  return queryOptions({
    queryKey: ['proposal', id],
    queryFn: ({ signal }) => fleetApi.proposal(id, signal),
  });
}

export function placesQuery(filter: PlacesQuery) {
  return infiniteQueryOptions({
    queryKey: ['places', 'list', filter],
    queryFn: ({ signal, pageParam }) =>
      fleetApi.places(
        { ...filter, limit: PAGE / 2, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: noCursor(),
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

export function placeGraphQuery(filter: PlaceGraphQuery) {
  return queryOptions({
    queryKey: ['places', 'graph', filter],
    queryFn: ({ signal }) => fleetApi.placeGraph(filter, signal),
    placeholderData: keepPreviousData,
  });
}

export function placeQuery(id: string) {
  return queryOptions({ queryKey: ['place', id], queryFn: ({ signal }) => fleetApi.place(id, signal) });
}

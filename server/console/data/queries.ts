import {
  infiniteQueryOptions,
  keepPreviousData,
  QueryCache,
  QueryClient,
  queryOptions,
} from '@tanstack/react-query';
import type { ContractorsQuery } from '../../../shared/api/contractors.ts';
import type { FindingFilters, FindingsQuery } from '../../../shared/api/findings.ts';
import type { CasesQuery } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { accountApi } from './account-api.ts';
import { api } from './api.ts';
import { triageApi } from './triage-api.ts';

/** First words of the query keys: what the feed makes stale. */
export type Topic =
  | 'session'
  | 'sign-in'
  | 'own-sessions'
  | 'status'
  | 'findings'
  | 'finding-counts'
  | 'saved-filters'
  | 'finding'
  | 'cases'
  | 'case'
  | 'contractors'
  | 'contractor'
  | 'picture'
  | 'endpoints'
  | 'exports'
  | 'schedules'
  | 'endpoint'
  | 'fleet'
  | 'tokens'
  | 'rules'
  | 'rule'
  | 'proposals'
  | 'proposal'
  | 'places'
  | 'place'
  | 'overview'
  | 'checklist'
  | 'setup'
  | 'accounts'
  | 'actions';

export const PAGE = 100;

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => api.session(signal),
});

export const signInOptionsQuery = queryOptions({
  queryKey: ['sign-in'],
  queryFn: ({ signal }) => accountApi.options(signal),
});

export const ownSessionsQuery = queryOptions({
  queryKey: ['own-sessions'],
  queryFn: ({ signal }) => accountApi.sessions(signal),
});

/** Asked for now and then as well, since a feed can fall silent without an error. */
export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => api.status(signal),
  refetchInterval: 30_000,
});

export function contractorsQuery(filter: ContractorsQuery) {
  return infiniteQueryOptions({
    queryKey: ['contractors', filter],
    queryFn: ({ signal, pageParam }) =>
      api.contractors(
        { ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
        signal,
      ),
    initialPageParam: noCursor(),
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
  });
}

/** The first that fit what somebody types. */
export function contractorSearchQuery(q: string) {
  return queryOptions({
    queryKey: ['contractors', 'search', q],
    queryFn: ({ signal }) => api.contractors({ limit: 50, ...(q === '' ? {} : { q }) }, signal),
    placeholderData: keepPreviousData,
  });
}

export function labelsQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: ['contractors', 'labels', ids],
    queryFn: ({ signal }) => api.labels(ids, signal),
    placeholderData: keepPreviousData,
    enabled: ids.length > 0,
  });
}

/** Asked for every second while a pack is being made: how far it is stands on no feed. */
export const exportsQuery = queryOptions({
  queryKey: ['exports'],
  queryFn: ({ signal }) => api.exports(signal),
  refetchInterval: ({ state }) =>
    state.data?.exports.some(({ status }) => status === 'running') ? 1_000 : false,
});

export function findingsQuery(filter: FindingsQuery) {
  return infiniteQueryOptions({
    queryKey: ['findings', filter],
    queryFn: ({ signal, pageParam }) =>
      api.findings({ ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: noCursor(),
    getNextPageParam: ({ next }) => next,
  });
}

export function casesQuery(filter: CasesQuery) {
  return infiniteQueryOptions({
    queryKey: ['cases', filter],
    queryFn: ({ signal, pageParam }) =>
      api.cases({ ...filter, limit: PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) }, signal),
    initialPageParam: noCursor(),
    getNextPageParam: ({ next }) => next,
  });
}

export function findingCountsQuery(filters: FindingFilters) {
  return queryOptions({
    queryKey: ['finding-counts', filters],
    queryFn: ({ signal }) => triageApi.counts(filters, signal),
    placeholderData: keepPreviousData,
  });
}

export const savedFiltersQuery = queryOptions({
  queryKey: ['saved-filters'],
  queryFn: ({ signal }) => triageApi.savedFilters(signal),
});

/** What is called so; asked for as somebody types, so the last answer stays until the next. */
export function searchQuery(q: string) {
  return queryOptions({
    queryKey: ['search', q],
    queryFn: ({ signal }) => triageApi.search(q, signal),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
}

export function caseQuery(id: string) {
  return queryOptions({ queryKey: ['case', id], queryFn: ({ signal }) => api.case(id, signal) });
}

export function findingQuery(id: string) {
  return queryOptions({ queryKey: ['finding', id], queryFn: ({ signal }) => api.finding(id, signal) });
}

export function contractorQuery(id: string) {
  return queryOptions({ queryKey: ['contractor', id], queryFn: ({ signal }) => api.contractor(id, signal) });
}

export function endpointQuery(id: string) {
  return queryOptions({ queryKey: ['endpoint', id], queryFn: ({ signal }) => api.endpoint(id, signal) });
}

export function gapsQuery(id: string) {
  return queryOptions({
    queryKey: ['endpoint', id, 'gaps'],
    queryFn: ({ signal }) => api.gapsOf(id, signal),
  });
}

export function silencesQuery(id: string) {
  return queryOptions({
    queryKey: ['endpoint', id, 'silences'],
    queryFn: ({ signal }) => api.silencesOf(id, signal),
  });
}

/** The feed tells what went stale, so views are not fetched again on a timer; focus and reconnect are a second net. */
export function newQueryClient(onSignedOut: () => void): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (error instanceof CodedError && error.code === 'SIGN_IN_REQUIRED') onSignedOut();
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        gcTime: 10 * 60_000,
        networkMode: 'always',
        retry: (failures, error) => failures < 2 && error instanceof CodedError && error.kind.retry,
        retryDelay: (failures) => 300 * 2 ** failures,
      },
    },
  });
}

export function noCursor(): string | null {
  return null;
}

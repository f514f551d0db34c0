import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Overview, overviewSchema, worldSchema } from '../../../shared/api/overview.ts';
import { checklistSchema, setupSchema } from '../../../shared/api/setup.ts';
import { get, post } from './api.ts';

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => get('/overview', overviewSchema, signal),
});

export const worldQuery = queryOptions({
  queryKey: ['overview', 'world'],
  queryFn: ({ signal }) => get('/overview/world', worldSchema, signal),
});

export const checklistQuery = queryOptions({
  queryKey: ['checklist'],
  queryFn: ({ signal }) => get('/checklist', checklistSchema, signal),
});

/** Sizes and backlog change by themselves, and no feed tells of them. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => get('/collector', setupSchema, signal),
  placeholderData: keepPreviousData,
  refetchInterval: 30_000,
});

export function markSeen({ at, cursor }: Overview): Promise<Response> {
  return post('/overview/seen', JSON.stringify({ at, cursor }));
}

export function dismissChecklist(): Promise<Response> {
  return post('/checklist/dismiss');
}

export function noteBackup(): Promise<Response> {
  return post('/checklist/backup');
}

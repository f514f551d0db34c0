import { savedFiltersSchema, searchResultSchema } from '../../../shared/api/desk.ts';
import { type FindingFilters, findingCountsSchema } from '../../../shared/api/findings.ts';
import {
  type BulkTriage,
  bulkResultSchema,
  type TriageRequest,
  triageStateSchema,
} from '../../../shared/api/triage.ts';
import { previewSchema } from '../../../shared/api.ts';
import { type Change, type ChangeRequest, proposalSchema } from '../../../shared/proposal.ts';
import { get, parsed, post, search } from './api.ts';

/** Requests about the work on findings and cases. */
export const triageApi = {
  counts: (filters: FindingFilters, signal: AbortSignal) =>
    get(`/findings/counts${search(filters)}`, findingCountsSchema, signal),
  search: (q: string, signal: AbortSignal) => get(`/search${search({ q })}`, searchResultSchema, signal),
  savedFilters: (signal: AbortSignal) => get('/saved-filters', savedFiltersSchema, signal),
  saveFilter: async (filter: { readonly name: string; readonly query: string }) =>
    parsed(await post('/saved-filters', JSON.stringify(filter)), savedFiltersSchema, '/saved-filters'),
  removeFilter: async (name: string) =>
    parsed(
      await post('/saved-filters/remove', JSON.stringify({ name })),
      savedFiltersSchema,
      '/saved-filters/remove',
    ),
  triage: async (about: 'finding' | 'case', id: string, request: TriageRequest) => {
    const path = `/${about}s/${encodeURIComponent(id)}/triage`;
    return parsed(await post(path, JSON.stringify(request)), triageStateSchema, path);
  },
  triageMany: async (request: BulkTriage) =>
    parsed(await post('/findings/triage', JSON.stringify(request)), bulkResultSchema, '/findings/triage'),
  propose: async (request: ChangeRequest) =>
    parsed(await post('/proposals', JSON.stringify(request)), proposalSchema, '/proposals'),
  preview: async (change: Change) =>
    parsed(await post('/proposals/preview', JSON.stringify({ change })), previewSchema, '/proposals/preview'),
};

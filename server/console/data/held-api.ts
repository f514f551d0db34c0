import { queryOptions } from '@tanstack/react-query';
import { dataHeldSchema } from '../../../shared/api/data-held.ts';
import { API_PREFIX } from '../../../shared/api.ts';
import { get, post } from './api.ts';

/** What is held about one person, and what is done about it. */
export function heldQuery(contractor: string) {
  return queryOptions({
    queryKey: ['contractor', contractor, 'held'],
    queryFn: ({ signal }) => get(`${pathOf(contractor)}/held`, dataHeldSchema, signal),
  });
}

export const heldApi = {
  reportHref: (contractor: string) => `${API_PREFIX}${pathOf(contractor)}/report?format=html`,
  hold: (contractor: string, reason: string) =>
    post('/holds', JSON.stringify({ scope: 'contractor', subject: contractor, reason })),
  release: (hold: string, reason: string) =>
    post(`/holds/${encodeURIComponent(hold)}/release`, JSON.stringify({ reason })),
  erase: (contractor: string, reason: string) =>
    post(`${pathOf(contractor)}/erasure`, JSON.stringify({ reason })),
  withdraw: (contractor: string) => post(`${pathOf(contractor)}/erasure/withdraw`),
};

function pathOf(contractor: string): string {
  return `/contractors/${encodeURIComponent(contractor)}`;
}

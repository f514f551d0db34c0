import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  type ScheduleChange,
  type SchedulePreviewQuery,
  type ScheduleRemoval,
  type ScheduleSettings,
  schedulePreviewSchema,
  scheduleSchema,
  schedulesSchema,
} from '../../../shared/api/schedules.ts';
import { SECOND } from '../../../shared/time.ts';
import { get, parsed, post, search } from './api.ts';

export const scheduleApi = {
  add: async (settings: ScheduleSettings) =>
    parsed(await post('/schedules', JSON.stringify(settings)), scheduleSchema, '/schedules'),
  change: async (id: string, change: ScheduleChange) => {
    const path = `/schedules/${encodeURIComponent(id)}`;
    return parsed(await post(path, JSON.stringify(change)), scheduleSchema, path);
  },
  run: (id: string) => post(`/schedules/${encodeURIComponent(id)}/run`, '{}'),
  remove: (id: string, removal: ScheduleRemoval) =>
    post(`/schedules/${encodeURIComponent(id)}/remove`, JSON.stringify(removal)),
};

/** Asked for often while a pack waits or is made, else now and then: runs stand on no feed. */
export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: ({ signal }) => get('/schedules', schedulesSchema, signal),
  refetchInterval: ({ state }) =>
    state.data?.schedules.some(({ runs }) =>
      runs.some(({ status }) => status === 'running' || status === 'waiting'),
    )
      ? SECOND
      : 15 * SECOND,
});

export function schedulePreviewQuery(query: SchedulePreviewQuery) {
  return queryOptions({
    queryKey: ['schedules', 'preview', query],
    queryFn: ({ signal }) => get(`/schedules/preview${search(query)}`, schedulePreviewSchema, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
}

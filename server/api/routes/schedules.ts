import * as z from 'zod/mini';
import {
  scheduleChangeSchema,
  schedulePreviewQuerySchema,
  schedulePreviewSchema,
  scheduleRemovalSchema,
  scheduleSchema,
  scheduleSettingsSchema,
  schedulesSchema,
} from '../../../shared/api/schedules.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import type { ScheduleBook } from '../../audit/schedule-book.ts';
import { byOf } from '../auth.ts';
import type { Api } from '../options.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

const answer = { schema: scheduleSchema, mediaType: 'application/json' };

export const scheduleRoutes: readonly Route[] = [
  reads({
    path: '/schedules',
    summary: 'Schedules of audit packs, with their next and their latest due times',
    right: 'audit',
    query: NO_QUERY,
    response: schedulesSchema,
    answer: async ({ api }) => {
      const book = bookOf(api);
      return { schedules: await book.list(), folders: [...book.folders] };
    },
  }),
  reads({
    path: '/schedules/preview',
    summary: 'When a cron expression would be due next, in words and as times, and what each pack would hold',
    right: 'audit',
    query: schedulePreviewQuerySchema,
    response: schedulePreviewSchema,
    answer: async ({ api, query }) => bookOf(api).preview(query, instant(api.clock())),
  }),
  {
    method: 'post',
    path: '/schedules',
    summary: 'Adds a schedule; its first pack is made when it is due next',
    errors: ['SCHEDULE_INVALID'],
    open: false,
    right: 'audit',
    body: scheduleSettingsSchema,
    response: answer,
    run: async (incoming) =>
      Response.json(
        await bookOf(incoming.api).add(
          await parsedBody(scheduleSettingsSchema, incoming.request),
          byOf(incoming),
        ),
      ),
  },
  {
    method: 'post',
    path: '/schedules/:id',
    summary: 'Changes a schedule, pauses it (`enabled`) or resumes it',
    errors: ['SCHEDULE_INVALID', 'SCHEDULE_CHANGED'],
    open: false,
    right: 'audit',
    body: scheduleChangeSchema,
    response: answer,
    run: async (incoming) => {
      const change = await parsedBody(scheduleChangeSchema, incoming.request);
      return Response.json(await bookOf(incoming.api).change(idOf(incoming), change, byOf(incoming)));
    },
  },
  {
    method: 'post',
    path: '/schedules/:id/run',
    summary: 'Has a pack made now, besides those that come by the clock',
    errors: ['SCHEDULE_INVALID', 'RANGE_EMPTY'],
    open: false,
    right: 'audit',
    body: z.strictObject({}),
    response: answer,
    run: async (incoming) => {
      await parsedBody(z.strictObject({}), incoming.request);
      return Response.json(await bookOf(incoming.api).runNow(idOf(incoming), byOf(incoming)));
    },
  },
  {
    method: 'post',
    path: '/schedules/:id/remove',
    summary: 'Removes a schedule; the packs that it wrote stay where they are',
    errors: ['SCHEDULE_CHANGED'],
    open: false,
    right: 'audit',
    body: scheduleRemovalSchema,
    run: async (incoming) => {
      const removal = await parsedBody(scheduleRemovalSchema, incoming.request);
      await bookOf(incoming.api).remove(idOf(incoming), removal, byOf(incoming));
      return new Response(null, { status: 204 });
    },
  },
];

function idOf({ params }: Incoming): string {
  return params['id'] ?? '';
}

function bookOf({ schedules }: Api): ScheduleBook {
  if (!schedules) throw new CodedError('NOT_FOUND', { path: '/schedules' });
  return schedules;
}

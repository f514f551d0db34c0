import {
  contractorLabelsQuerySchema,
  contractorLabelsSchema,
  contractorsQuerySchema,
  contractorsSchema,
} from '../../../shared/api/contractors.ts';
import {
  contractorPlacesSchema,
  hoursQuerySchema,
  hoursSchema,
  placesOfQuerySchema,
  segmentQuerySchema,
  segmentSpansSchema,
  timelineQuerySchema,
  timelineSchema,
} from '../../../shared/api/timeline.ts';
import { contractorDetailSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { DAY, instant, millis } from '../../../shared/time.ts';
import { contractorLabels, contractorsPage } from '../../store/contractor-lists.ts';
import { findContractor } from '../../store/contractor-views.ts';
import { OF_HOURS, OF_PLACES, rangeTimeline, watchedOf } from '../../store/lane-views.ts';
import { spansById } from '../../store/span-views.ts';
import { hoursOf } from '../contractor/hours.ts';
import { placesIn } from '../contractor/places.ts';
import { segmentSpanIds, timelineView } from '../contractor/timeline.ts';
import type { Api } from '../options.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const contractorRoutes: readonly Route[] = [
  reads({
    path: '/contractors',
    summary: 'Contractors with what they declared and how many findings are open, a page at a time',
    query: contractorsQuerySchema,
    response: contractorsSchema,
    answer: ({ api, query }) => contractorsPage(api.store.db, query),
  }),
  reads({
    path: '/contractor-labels',
    summary: 'What people call these contractors',
    query: contractorLabelsQuerySchema,
    response: contractorLabelsSchema,
    answer: async ({ api, query }) => ({
      labels: await contractorLabels(api.store.db, query.ids.split(',')),
    }),
  }),
  reads({
    path: '/contractors/:id',
    summary: 'One contractor with endpoints, latest findings and latest spans',
    looks: 'contractor',
    query: NO_QUERY,
    response: contractorDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const contractor = await findContractor(api.store.db, id, instant(api.clock()));
      if (!contractor) throw new CodedError('NOT_FOUND', { contractor: id });
      return contractor;
    },
  }),
  reads({
    path: '/contractors/:id/timeline',
    summary:
      'What was observed of one contractor, lane by lane, clipped to a range and merged where there is much',
    query: timelineQuerySchema,
    response: timelineSchema,
    answer: async ({ api, params: { id = '' }, query }) =>
      timelineView(api.store.db, await askingOf(api, id), query),
  }),
  reads({
    path: '/contractors/:id/spans',
    summary: 'The spans behind a segment of the timeline, latest first, 50 at most',
    query: segmentQuerySchema,
    response: segmentSpansSchema,
    answer: async ({ api, params: { id = '' }, query }) => {
      const { db } = api.store;
      const ids = await segmentSpanIds(db, await askingOf(api, id), query);
      const spans = await spansById(db, ids.slice(0, MOST_SHOWN));
      return { spans: spans.toReversed(), total: ids.length };
    },
  }),
  reads({
    path: '/contractors/:id/hours',
    summary: 'Minutes of activity by weekday and hour, on the clock of the contractor',
    query: hoursQuerySchema,
    response: hoursSchema,
    answer: async ({ api, params: { id = '' }, query: { weeks = WEEKS } }) => {
      const asking = await askingOf(api, id);
      const since = instant(millis(asking.now) - weeks * 7 * DAY - DAY);
      const window = { since, until: asking.now, kinds: OF_HOURS };
      return hoursOf(await rangeTimeline(api.store.db, { ...asking, ...window }), weeks);
    },
  }),
  reads({
    path: '/contractors/:id/places',
    summary: 'Where the machines of one contractor spoke from, beside where they were declared to be',
    query: placesOfQuerySchema,
    response: contractorPlacesSchema,
    answer: async ({ api, params: { id = '' }, query }) => {
      const asking = await askingOf(api, id);
      const { from = instant(millis(asking.now) - PLACES_MS), to = asking.now } = query;
      const window = { since: from, until: to, kinds: OF_PLACES };
      return placesIn(await rangeTimeline(api.store.db, { ...asking, ...window }), { from, to });
    },
  }),
];

const MOST_SHOWN = 50;
const WEEKS = 4;
const PLACES_MS = 30 * DAY;

async function askingOf(api: Api, contractor: string) {
  const watched = await watchedOf(api.store.db, contractor);
  if (!watched) throw new CodedError('NOT_FOUND', { contractor });
  return { contractor, watched, now: instant(api.clock()) };
}

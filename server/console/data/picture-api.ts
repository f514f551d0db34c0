import { asOfSchema } from '../../../shared/api/as-of.ts';
import {
  contractorPlacesSchema,
  hoursSchema,
  type SegmentQuery,
  segmentSpansSchema,
  type TimelineQuery,
  timelineSchema,
} from '../../../shared/api/timeline.ts';
import { get, search } from './api.ts';

/** What is drawn of one contractor. */
export const pictureApi = {
  timeline: (id: string, query: TimelineQuery, signal: AbortSignal) =>
    get(`${pathOf(id)}/timeline${search(query)}`, timelineSchema, signal),
  spans: (id: string, query: SegmentQuery, signal: AbortSignal) =>
    get(`${pathOf(id)}/spans${search(query)}`, segmentSpansSchema, signal),
  hours: (id: string, weeks: number, signal: AbortSignal) =>
    get(`${pathOf(id)}/hours${search({ weeks })}`, hoursSchema, signal),
  places: (id: string, signal: AbortSignal) => get(`${pathOf(id)}/places`, contractorPlacesSchema, signal),
  asOf: (id: string, at: string, signal: AbortSignal) =>
    get(`${pathOf(id)}/as-of${search({ at })}`, asOfSchema, signal),
};

function pathOf(id: string): string {
  return `/contractors/${encodeURIComponent(id)}`;
}

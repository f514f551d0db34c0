import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { SegmentQuery, TimelineQuery } from '../../../shared/api/timeline.ts';
import { pictureApi } from './picture-api.ts';

/** Evidence arrives all the time, so what is drawn of it is asked for now and then rather than told by each entry of the feed. */
const PICTURE_MS = 30_000;

export function timelineQuery(id: string, query: TimelineQuery) {
  return queryOptions({
    queryKey: ['picture', id, 'timeline', query],
    queryFn: ({ signal }) => pictureApi.timeline(id, query, signal),
    placeholderData: keepPreviousData,
    refetchInterval: PICTURE_MS,
  });
}

export function segmentQuery(id: string, query: SegmentQuery) {
  return queryOptions({
    queryKey: ['picture', id, 'spans', query],
    queryFn: ({ signal }) => pictureApi.spans(id, query, signal),
  });
}

export function hoursQuery(id: string, weeks: number) {
  return queryOptions({
    queryKey: ['picture', id, 'hours', weeks],
    queryFn: ({ signal }) => pictureApi.hours(id, weeks, signal),
    placeholderData: keepPreviousData,
  });
}

export function placesOfQuery(id: string) {
  return queryOptions({
    queryKey: ['picture', id, 'places'],
    queryFn: ({ signal }) => pictureApi.places(id, signal),
  });
}

export function asOfQuery(id: string, at: string) {
  return queryOptions({
    queryKey: ['picture', id, 'as-of', at],
    queryFn: ({ signal }) => pictureApi.asOf(id, at, signal),
  });
}

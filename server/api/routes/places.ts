import { placeDetailSchema, placesPageSchema, placesQuerySchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { findPlace, findPlaces } from '../../store/place-views.ts';
import { NO_QUERY, type Route, reads } from '../route.ts';

export const placeRoutes: readonly Route[] = [
  reads({
    path: '/places',
    summary: 'Places where contractors were, those that most of them share first, a page at a time',
    query: placesQuerySchema,
    response: placesPageSchema,
    answer: ({ api, query }) => findPlaces(api.store.db, query),
  }),
  reads({
    path: '/places/:id',
    summary: 'One place: who was there, when, together or in turn, and what was found about it',
    looks: 'place',
    query: NO_QUERY,
    response: placeDetailSchema,
    answer: async ({ api, params: { id = '' } }) => {
      const place = await findPlace(api.store.db, id, instant(api.clock()));
      if (!place) throw new CodedError('NOT_FOUND', { place: id });
      return place;
    },
  }),
];

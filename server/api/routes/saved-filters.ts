import { savedFilterNameSchema, savedFilterSchema, savedFiltersSchema } from '../../../shared/api/desk.ts';
import { removeFilter, savedFilters, saveFilter } from '../../store/saved-filters.ts';
import { byOf } from '../auth.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

const response = { schema: savedFiltersSchema, mediaType: 'application/json' };

export const savedFilterRoutes: readonly Route[] = [
  reads({
    path: '/saved-filters',
    summary: 'The queues that this account saved, by name',
    query: NO_QUERY,
    response: savedFiltersSchema,
    answer: ({ api, session }) => savedFilters(api.store.db, session?.account ?? ''),
  }),
  {
    method: 'post',
    path: '/saved-filters',
    summary: "Saves the queue's filters under a name, over what had that name",
    open: false,
    body: savedFilterSchema,
    response,
    run: save,
  },
  {
    method: 'post',
    path: '/saved-filters/remove',
    summary: 'Forgets a saved queue',
    open: false,
    body: savedFilterNameSchema,
    response,
    run: remove,
  },
];

async function save(incoming: Incoming): Promise<Response> {
  const filter = await parsedBody(savedFilterSchema, incoming.request);
  const by = byOf(incoming);
  const { db } = incoming.api.store;
  return Response.json(
    await db.transaction().execute(async (trx) => {
      await saveFilter(trx, filter, by);
      return savedFilters(trx, by.actor);
    }),
  );
}

async function remove(incoming: Incoming): Promise<Response> {
  const { name } = await parsedBody(savedFilterNameSchema, incoming.request);
  const by = byOf(incoming);
  const { db } = incoming.api.store;
  return Response.json(
    await db.transaction().execute(async (trx) => {
      await removeFilter(trx, name, by);
      return savedFilters(trx, by.actor);
    }),
  );
}

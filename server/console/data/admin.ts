import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type * as z from 'zod/mini';
import {
  type Account,
  type accountChangeSchema,
  accountSchema,
  accountsSchema,
  madeLinkSchema,
  type newAccountSchema,
} from '../../../shared/api/account.ts';
import { type ActionsQuery, actionsPageSchema, actionsVerdictSchema } from '../../../shared/api/action.ts';
import {
  apiTokenSchema,
  apiTokensSchema,
  madeApiTokenSchema,
  type NewApiToken,
} from '../../../shared/api/api-token.ts';
import { get, parsed, post, search } from './api.ts';

export const accountsQuery = queryOptions({
  queryKey: ['accounts'],
  queryFn: ({ signal }) => get('/accounts', accountsSchema, signal),
});

export const apiTokensQuery = queryOptions({
  queryKey: ['accounts', 'tokens'],
  queryFn: ({ signal }) => get('/api-tokens', apiTokensSchema, signal),
});

export type ActionFilter = Omit<ActionsQuery, 'cursor' | 'limit'>;

export function actionsQuery(filter: ActionFilter) {
  return infiniteQueryOptions({
    queryKey: ['actions', filter],
    queryFn: ({ signal, pageParam }) =>
      get(`/actions${search({ ...filter, cursor: pageParam ?? undefined })}`, actionsPageSchema, signal),
    initialPageParam: firstPage(),
    getNextPageParam: ({ next }) => next,
    // Nothing tells of new rows, so every look is a fresh one.
    staleTime: 0,
  });
}

export const actionsVerdictQuery = queryOptions({
  queryKey: ['actions', 'verify'],
  queryFn: ({ signal }) => get('/actions/verify', actionsVerdictSchema, signal),
  refetchOnWindowFocus: false,
});

export function makeAccount(wanted: z.infer<typeof newAccountSchema>) {
  return told('/accounts', accountSchema, wanted);
}

export function changeAccount({
  name,
  ...change
}: Pick<Account, 'name'> & z.infer<typeof accountChangeSchema>) {
  return told(`/accounts/${encodeURIComponent(name)}`, accountSchema, change);
}

export function makeLink(name: string) {
  return told(`/accounts/${encodeURIComponent(name)}/link`, madeLinkSchema);
}

export function makeApiToken(wanted: NewApiToken) {
  return told('/api-tokens', madeApiTokenSchema, wanted);
}

export function revokeApiToken(id: string) {
  return told(`/api-tokens/${encodeURIComponent(id)}/revoke`, apiTokenSchema);
}

async function told<S extends z.core.$ZodType>(
  path: string,
  schema: S,
  body?: unknown,
): Promise<z.output<S>> {
  return parsed(await post(path, body === undefined ? undefined : JSON.stringify(body)), schema, path);
}

function firstPage(): string | null {
  return null;
}

import { useQuery } from '@tanstack/react-query';
import { type Right, rightsOf } from '../../../shared/account.ts';
import { sessionQuery } from './queries.ts';

/** Who is signed in, and what they may do; nothing before that is known. */
export function useRights(): { readonly account: string; readonly may: (right: Right) => boolean } {
  const { data } = useQuery(sessionQuery);
  const rights = data ? rightsOf(data.role) : [];
  return { account: data?.account ?? '', may: (right) => rights.includes(right) };
}

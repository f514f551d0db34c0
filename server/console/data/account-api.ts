import {
  type NewPassword,
  type PasswordSignIn,
  sessionsSchema,
  signInOptionsSchema,
} from '../../../shared/api/sign-in.ts';
import { API_PREFIX, sessionSchema } from '../../../shared/api.ts';
import { get, parsed, post } from './api.ts';

/** How somebody signs in, and what they do about their own account. */
export const accountApi = {
  options: (signal: AbortSignal) => get('/sign-in', signInOptionsSchema, signal),
  signIn: async (given: PasswordSignIn) =>
    parsed(await post('/sign-in/password', JSON.stringify(given)), sessionSchema, '/sign-in/password'),
  sessions: (signal: AbortSignal) => get('/session/sessions', sessionsSchema, signal),
  end: (id: string) => post(`/session/sessions/${encodeURIComponent(id)}/end`),
  setPassword: (wanted: NewPassword) => post('/session/password', JSON.stringify(wanted)),
};

/** Leads to the identity provider, and from there back to `next`. */
export function providerHref(next: string): string {
  return `${API_PREFIX}/sign-in/oidc?next=${encodeURIComponent(next)}`;
}

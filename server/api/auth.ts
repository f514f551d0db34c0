import { parse, serialize } from 'hono/utils/cookie';
import { type Right, rightsOf } from '../../shared/account.ts';
import type { Session } from '../../shared/api.ts';
import { CodedError } from '../../shared/errors.ts';
import { instant, SECOND } from '../../shared/time.ts';
import type { By } from '../store/proposals.ts';
import { findSession, noteUse, type OpenSession, SESSION_MS } from '../store/sessions.ts';
import type { Api } from './options.ts';
import type { Incoming } from './route.ts';

/** The session that is open. A feed alone (`attended` false) does not keep it so. Throws SIGN_IN_REQUIRED. */
export async function sessionOf(api: Api, request: Request, attended: boolean): Promise<OpenSession> {
  const secret = secretOf(api, request);
  const at = instant(api.clock());
  const session = secret && (await findSession(api.store.db, secret, at));
  if (!session) throw new CodedError('SIGN_IN_REQUIRED');
  if (attended) await noteUse(api.store.db, session, at);
  return session;
}

/** Throws FORBIDDEN when the account's role does not have the right. */
export function requireRight({ account, role }: Session, right: Right): void {
  if (!rightsOf(role).includes(right)) throw new CodedError('FORBIDDEN', { account, role, right });
}

/** Who asks, from where, when: for the action log. Throws SIGN_IN_REQUIRED. */
export function byOf({ api, request, session }: Incoming): By {
  if (!session) throw new CodedError('SIGN_IN_REQUIRED');
  return { actor: session.account, source: api.clientAddress(request), at: instant(api.clock()) };
}

/** What the session cookie holds. */
export function secretOf(api: Api, request: Request): string | undefined {
  const name = cookieName(api);
  return parse(request.headers.get('cookie') ?? '', name)[name];
}

/** A `set-cookie` header; without a secret it takes the cookie away. */
export function sessionCookie(api: Api, secret?: string): string {
  return serialize(cookieName(api), secret ?? '', {
    httpOnly: true,
    secure: api.secureCookies,
    sameSite: 'Strict',
    path: '/',
    maxAge: secret === undefined ? 0 : SESSION_MS / SECOND,
  });
}

/**
 * Lets through only what the console's own pages send. Browsers of today say so in Sec-Fetch-Site; where that is missing (plain
 * HTTP, old browsers) the Origin must be the host that was asked. Throws ORIGIN_REFUSED.
 */
export function requireOwnOrigin(request: Request): void {
  const site = request.headers.get('sec-fetch-site');
  const fromHere =
    site === null ? hostOf(request.headers.get('origin')) === hostAsked(request) : site === 'same-origin';
  if (!fromHere) throw new CodedError('ORIGIN_REFUSED');
}

function hostAsked(request: Request): string {
  return request.headers.get('host') ?? new URL(request.url).host;
}

function hostOf(origin: string | null): string | undefined {
  return origin !== null && URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** Browsers keep a `__Host-` cookie only over TLS, for this host alone and for all of its paths. */
function cookieName({ secureCookies }: Api): string {
  return secureCookies ? '__Host-farhand_session' : 'farhand_session';
}

import { parse, serialize } from 'hono/utils/cookie';
import { type Right, rightsOf } from '../../shared/account.ts';
import type { Session } from '../../shared/api.ts';
import { CodedError } from '../../shared/errors.ts';
import { instant, SECOND } from '../../shared/time.ts';
import { findApiToken, noteTokenUse } from '../store/api-tokens.ts';
import type { By } from '../store/proposals.ts';
import { findSession, noteUse, type OpenSession, SESSION_MS, sessionOfRow } from '../store/sessions.ts';
import type { Api } from './options.ts';
import type { Incoming } from './route.ts';

/** Who asks: somebody's session, or a program with an API token of theirs. */
export interface Caller {
  readonly session: Session;
  readonly rights: readonly Right[];
  /** Id of the session or token. */
  readonly through: string;
  /** Present when it is a session. */
  readonly opened?: OpenSession;
  /** Whether it still may ask. */
  readonly stillGood: () => Promise<boolean>;
}

/**
 * Whoever the request's API token speaks for, or else its cookie. A request that nobody caused (`attended` false), such as a feed, does
 * not keep a session from being idle. Throws SIGN_IN_REQUIRED, API_TOKEN_INVALID.
 */
export function callerOf(api: Api, request: Request, attended: boolean): Promise<Caller> {
  const token = bearerOf(request);
  return token === undefined ? sessionCaller(api, request, attended) : tokenCaller(api, token);
}

/** The API token of a request. Other sites' pages cannot send one, so such a request needs no check of its origin. */
export function bearerOf(request: Request): string | undefined {
  const [, token] = /^Bearer\s+(fhapi_\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? [];
  return token;
}

async function sessionCaller(api: Api, request: Request, attended: boolean): Promise<Caller> {
  const { db } = api.store;
  const secret = secretOf(api, request);
  const at = instant(api.clock());
  const opened = secret === undefined ? undefined : await findSession(db, secret, at);
  if (secret === undefined || !opened) throw new CodedError('SIGN_IN_REQUIRED');
  if (attended) await noteUse(db, opened, at);
  return {
    session: sessionOfRow(opened),
    rights: rightsOf(opened.role),
    through: opened.id,
    opened,
    stillGood: async () => (await findSession(db, secret, instant(api.clock()))) !== undefined,
  };
}

async function tokenCaller(api: Api, secret: string): Promise<Caller> {
  const { db } = api.store;
  const at = instant(api.clock());
  const found = await findApiToken(db, secret, at);
  if (!found) throw new CodedError('API_TOKEN_INVALID');
  const { token, role } = found;
  await noteTokenUse(db, token, at);
  return {
    session: { account: token.account, role, expiresAt: token.expiresAt },
    rights: rightsOf(role).filter((right) => token.scopes.includes(right)),
    through: token.id,
    stillGood: async () => (await findApiToken(db, secret, instant(api.clock()))) !== undefined,
  };
}

/** Throws FORBIDDEN when the account's role does not have the right, SCOPE_MISSING when its token does not. */
export function requireRight({ session: { account, role }, rights, through }: Caller, right: Right): void {
  if (!rightsOf(role).includes(right)) throw new CodedError('FORBIDDEN', { account, role, right });
  if (!rights.includes(right)) throw new CodedError('SCOPE_MISSING', { token: through, scope: right });
}

/** Who asks, from where, when: for the action log. A token's word is its account's, and says so. Throws SIGN_IN_REQUIRED. */
export function byOf({ api, request, caller }: Incoming): By {
  if (!caller) throw new CodedError('SIGN_IN_REQUIRED');
  const address = api.clientAddress(request);
  return {
    actor: caller.session.account,
    source: caller.opened ? address : `${address} with ${caller.through}`,
    at: instant(api.clock()),
  };
}

/** The person's own session, on routes that no token may use. Throws SESSION_NEEDED. */
export function openedOf({ caller }: Pick<Incoming, 'caller'>): OpenSession {
  if (!caller?.opened) throw new CodedError('SESSION_NEEDED');
  return caller.opened;
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

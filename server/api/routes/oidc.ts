import { parse, serialize } from 'hono/utils/cookie';
import * as z from 'zod/mini';
import { API_PREFIX } from '../../../shared/api.ts';
import { CodedError, codedError } from '../../../shared/errors.ts';
import { instant, MINUTE, SECOND } from '../../../shared/time.ts';
import { accountFor } from '../../store/account-identities.ts';
import { appendAction } from '../../store/actions.ts';
import { sessionCookie } from '../auth.ts';
import type { SignInProvider, Vouched } from '../oidc.ts';
import { openedFor } from '../opened-for.ts';
import type { Api } from '../options.ts';
import { type Incoming, parsed, type Route } from '../route.ts';

const BEGIN = '/sign-in/oidc';
const CALLBACK = '/sign-in/oidc/callback';
const FLOW_MS = 10 * MINUTE;

const beginQuerySchema = z.strictObject({ next: z.optional(z.string().check(z.maxLength(2_000))) });

/** What waits in the browser's cookie until it comes back. */
const flowSchema = z.strictObject({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
  until: z.number(),
});

/** Browsers come here by themselves, so all answers are redirects, with `problem` where something went wrong. */
export const oidcRoutes: readonly Route[] = [
  {
    method: 'get',
    path: BEGIN,
    summary: 'Sends the browser to the identity provider',
    open: true,
    query: beginQuerySchema,
    run: (incoming) => orBack(incoming, begin),
  },
  {
    method: 'get',
    path: CALLBACK,
    summary: 'Where the identity provider sends the browser back to; opens a session',
    open: true,
    run: (incoming) => orBack(incoming, finish),
  },
];

async function begin({ api, request, query }: Incoming, provider: SignInProvider): Promise<Response> {
  const now = api.clock();
  if (!api.attempts.allow(api.clientAddress(request), now)) throw new CodedError('TOO_MANY_REQUESTS');
  const { next } = parsed(beginQuerySchema, query);
  const { url, flow } = await provider.begin(api.publicUrl() + API_PREFIX + CALLBACK);
  const sealed = api.sealer.seal({ ...flow, next: ownPath(api, next), until: now + FLOW_MS });
  return redirect(url.href, [flowCookie(api, sealed)]);
}

async function finish({ api, request }: Incoming, provider: SignInProvider): Promise<Response> {
  const now = api.clock();
  const cookie = parse(request.headers.get('cookie') ?? '', cookieName(api))[cookieName(api)];
  const flow = z.safeParse(flowSchema, api.sealer.open(cookie ?? ''));
  if (!flow.success || flow.data.until <= now)
    throw new CodedError('PROVIDER_REFUSED', { reason: 'no such flow' });
  const { next, state, nonce, verifier } = flow.data;
  const returnedTo = new URL(api.publicUrl() + API_PREFIX + CALLBACK);
  returnedTo.search = new URL(request.url).search;
  const who = await provider.finish(returnedTo, { state, nonce, verifier });
  const { secret } = await openedSession(api, who, api.clientAddress(request));
  return redirect(next, [sessionCookie(api, secret), flowCookie(api)]);
}

async function openedSession(api: Api, who: Vouched, source: string) {
  const at = instant(api.clock());
  const opened = await api.store.db.transaction().execute(async (trx) => {
    const account = await accountFor(trx, who, { actor: 'identity provider', source, at });
    if ('name' in account) return openedFor(trx, { account: account.name, way: 'oidc', source, at });
    const detail = { way: 'oidc', reason: account.refused, ...who.identity };
    const subject = account.of ?? '';
    await appendAction(trx, { at, actor: '', source, action: 'session.refuse', subject, detail });
    return account;
  });
  if ('secret' in opened) return opened;
  throw new CodedError(opened.refused === 'disabled' ? 'ACCOUNT_DISABLED' : 'PROVIDER_ROLE_MISSING');
}

type Step = (incoming: Incoming, provider: SignInProvider) => Promise<Response>;

async function orBack(incoming: Incoming, step: Step): Promise<Response> {
  const { api, request } = incoming;
  try {
    if (!api.provider) throw new CodedError('NOT_FOUND');
    return await step(incoming, api.provider);
  } catch (thrown) {
    const error = codedError(thrown);
    const source = api.clientAddress(request);
    if (error.code === 'INTERNAL') api.log.error({ err: error, source }, 'sign-in failed');
    else api.log.warn({ err: error, source }, 'sign-in refused');
    return redirect(`/sign-in?problem=${error.code}`, [flowCookie(api)]);
  }
}

function redirect(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status: 302, headers });
}

/** Only a path of this console: another site in `next` would make the link a trap. */
function ownPath(api: Api, next = '/'): string {
  const base = new URL(api.publicUrl());
  if (!next.startsWith('/') || !URL.canParse(next, base.href)) return '/';
  const url = new URL(next, base);
  return url.origin === base.origin ? url.pathname.replace(/^\/+/, '/') + url.search : '/';
}

/** Lax, since it has to come back with a redirect from the provider. */
function flowCookie(api: Api, sealed?: string): string {
  return serialize(cookieName(api), sealed ?? '', {
    httpOnly: true,
    secure: api.secureCookies,
    sameSite: 'Lax',
    path: '/',
    maxAge: sealed === undefined ? 0 : FLOW_MS / SECOND,
  });
}

function cookieName({ secureCookies }: Api): string {
  return secureCookies ? '__Host-farhand_oidc' : 'farhand_oidc';
}

import { WAYS } from '../../../shared/api/account.ts';
import { sessionsSchema, signInOptionsSchema } from '../../../shared/api/sign-in.ts';
import { sessionSchema, signInSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { existingAccount } from '../../store/accounts.ts';
import { appendAction } from '../../store/actions.ts';
import { closeSession, endSession, sessionsOf } from '../../store/sessions.ts';
import { redeemSignInLink } from '../../store/sign-in-links.ts';
import { byOf, openedOf, secretOf, sessionCookie } from '../auth.ts';
import { openedFor } from '../opened-for.ts';
import type { Api } from '../options.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';
import { isFreshLink } from './password.ts';

export const sessionRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/sign-in',
    summary: 'Turns the token of a sign-in link into a session cookie',
    open: true,
    body: signInSchema,
    response: { schema: sessionSchema, mediaType: 'application/json' },
    run: signIn,
  },
  {
    method: 'post',
    path: '/sign-out',
    summary: 'Ends the session',
    open: false,
    personal: true,
    run: signOut,
  },
  {
    method: 'get',
    path: '/sign-in',
    summary: 'By what ways people may sign in here',
    open: true,
    query: NO_QUERY,
    response: { schema: signInOptionsSchema, mediaType: 'application/json' },
    run: async ({ api: { provider } }) =>
      Response.json({
        ways: provider ? ['link', 'password', 'oidc'] : ['link', 'password'],
        oidc: provider ? { label: provider.label } : null,
      }),
  },
  reads({
    path: '/session/sessions',
    summary: 'The account that is signed in, and where it is',
    personal: true,
    query: NO_QUERY,
    response: sessionsSchema,
    answer: ownSessions,
  }),
  {
    method: 'post',
    path: '/session/sessions/:id/end',
    summary: "Ends one of the account's own sessions",
    open: false,
    personal: true,
    run: endOne,
  },
  reads({
    path: '/session',
    summary: 'Who is signed in, and until when',
    query: NO_QUERY,
    response: sessionSchema,
    answer: async ({ session }) => {
      if (!session) throw new CodedError('SIGN_IN_REQUIRED');
      return session;
    },
  }),
];

async function signIn({ api, request }: Incoming): Promise<Response> {
  const source = api.clientAddress(request);
  if (!api.attempts.allow(source, api.clock())) throw new CodedError('TOO_MANY_REQUESTS');
  const { token } = await parsedBody(signInSchema, request);
  const opened = await openedSession(api, { token, source });
  if (!opened) {
    api.log.warn({ source }, 'sign-in refused');
    throw new CodedError('SIGN_IN_LINK_INVALID');
  }
  return Response.json(opened.session, { headers: { 'set-cookie': sessionCookie(api, opened.secret) } });
}

/** One transaction, which a refusal commits as well: it is on the action log, with the reason that the client is not told. */
function openedSession(api: Api, { token, source }: { readonly token: string; readonly source: string }) {
  const at = instant(api.clock());
  return api.store.db.transaction().execute(async (trx) => {
    const link = await redeemSignInLink(trx, token, at);
    if ('refused' in link) {
      const detail = { reason: link.refused };
      const subject = link.of ?? '';
      await appendAction(trx, { at, actor: '', source, action: 'session.refuse', subject, detail });
      return undefined;
    }
    return openedFor(trx, { account: link.account, way: 'link', source, at });
  });
}

async function signOut({ api, request, session }: Incoming): Promise<Response> {
  const secret = secretOf(api, request);
  if (!session || secret === undefined) throw new CodedError('SIGN_IN_REQUIRED');
  const { account } = session;
  const at = instant(api.clock());
  const source = api.clientAddress(request);
  await api.store.db.transaction().execute(async (trx) => {
    await closeSession(trx, secret);
    await appendAction(trx, {
      at,
      actor: account,
      source,
      action: 'session.close',
      subject: account,
      detail: {},
    });
  });
  return new Response(null, { status: 204, headers: { 'set-cookie': sessionCookie(api) } });
}

async function ownSessions(incoming: Pick<Incoming, 'api' | 'caller'>) {
  const { api } = incoming;
  const opened = openedOf(incoming);
  const now = api.clock();
  const rows = await sessionsOf(api.store.db, opened.account, instant(now));
  return {
    account: await existingAccount(api.store.db, opened.account),
    freshLink: isFreshLink(opened, now),
    sessions: rows.map(({ way, ...row }) => ({ ...row, way: wayIn(way), current: row.id === opened.id })),
  };
}

async function endOne(incoming: Incoming): Promise<Response> {
  const { api, params } = incoming;
  const { account } = openedOf(incoming);
  const id = params['id'] ?? '';
  const by = byOf(incoming);
  await api.store.db.transaction().execute(async (trx) => {
    if (!(await endSession(trx, account, id))) throw new CodedError('NOT_FOUND', { session: id });
    await appendAction(trx, { ...by, action: 'session.end', subject: account, detail: { session: id } });
  });
  return new Response(null, { status: 204 });
}

function wayIn(text: string) {
  return WAYS.find((way) => way === text) ?? 'link';
}

import { sessionSchema, signInSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { appendAction } from '../../store/actions.ts';
import { closeSession } from '../../store/sessions.ts';
import { redeemSignInLink } from '../../store/sign-in-links.ts';
import { secretOf, sessionCookie } from '../auth.ts';
import { openedFor } from '../opened-for.ts';
import type { Api } from '../options.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

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
    run: signOut,
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

import { newPasswordSchema, passwordSignInSchema } from '../../../shared/api/sign-in.ts';
import { sessionSchema } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { passwordProblem } from '../../../shared/password.ts';
import { instant, millis } from '../../../shared/time.ts';
import { keepPassword, passwordOf } from '../../store/account-passwords.ts';
import { appendAction } from '../../store/actions.ts';
import type { By } from '../../store/proposals.ts';
import { endOtherSessions, type OpenSession } from '../../store/sessions.ts';
import { LINK_MS } from '../../store/sign-in-links.ts';
import { byOf, openedOf, sessionCookie } from '../auth.ts';
import { openedFor } from '../opened-for.ts';
import type { Api } from '../options.ts';
import { type Incoming, parsedBody, type Route } from '../route.ts';

export const passwordRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/sign-in/password',
    summary: 'Opens a session with account and password; every refusal is the same',
    open: true,
    body: passwordSignInSchema,
    response: { schema: sessionSchema, mediaType: 'application/json' },
    run: signIn,
  },
  {
    method: 'post',
    path: '/session/password',
    summary: 'Sets the password of the account that is signed in, and ends its other sessions',
    open: false,
    personal: true,
    body: newPasswordSchema,
    run: setPassword,
  },
];

/** The same work whoever is named: one look-up, one comparison, one row on the action log. */
async function signIn({ api, request }: Incoming): Promise<Response> {
  const source = api.clientAddress(request);
  const now = api.clock();
  if (!api.attempts.allow(source, now)) throw new CodedError('TOO_MANY_REQUESTS');
  const given = await parsedBody(passwordSignInSchema, request);
  const allowed = api.lockout.allow(given.account, now);
  const known = await passwordOf(api.store.db, given.account);
  const fits = await api.passwords.fits(given.password, known?.password ?? null);
  const at = instant(now);
  const opened = await api.store.db.transaction().execute(async (trx) => {
    // Whatever happened while the password was compared counts.
    const still = await passwordOf(trx, given.account);
    const good = allowed && fits && still?.disabled === false && still.password === known?.password;
    if (still && good) return openedFor(trx, { account: still.name, way: 'password', source, at });
    // A name that is nobody's may be a password in the wrong field, so it is not kept.
    const reason = allowed ? 'password' : 'locked';
    const detail = { reason: known ? reason : 'unknown' };
    const subject = known?.name ?? '';
    await appendAction(trx, { at, actor: '', source, action: 'session.refuse', subject, detail });
    return undefined;
  });
  if (!opened) {
    api.log.warn({ source }, 'sign-in refused');
    throw new CodedError('SIGN_IN_REFUSED');
  }
  api.lockout.forget(given.account);
  return Response.json(opened.session, { headers: { 'set-cookie': sessionCookie(api, opened.secret) } });
}

async function setPassword(incoming: Incoming): Promise<Response> {
  const { api, request } = incoming;
  const { password, old } = await parsedBody(newPasswordSchema, request);
  const opened = openedOf(incoming);
  const by = byOf(incoming);
  const problem = passwordProblem(password, opened.account);
  if (problem !== undefined) throw new CodedError('PASSWORD_WEAK', { reason: problem });
  await requireProof(api, { opened, old, by });
  const kept = await api.passwords.kept(password);
  await api.store.db.transaction().execute(async (trx) => {
    const had = await keepPassword(trx, opened.account, kept);
    const ended = await endOtherSessions(trx, opened);
    const detail = { before: { password: had }, after: { password: true }, sessionsEnded: ended };
    await appendAction(trx, { ...by, action: 'account.password', subject: opened.account, detail });
  });
  return new Response(null, { status: 204 });
}

export function isFreshLink({ way, createdAt }: OpenSession, now: number): boolean {
  return way === 'link' && now - millis(createdAt) < LINK_MS;
}

/** A new link, or the old password: a cookie alone must not become a way in for good. */
async function requireProof(
  api: Api,
  { opened, old, by }: { readonly opened: OpenSession; readonly old: string | undefined; readonly by: By },
): Promise<void> {
  const now = millis(by.at);
  if (old === undefined && isFreshLink(opened, now)) return;
  if (old === undefined) throw new CodedError('OLD_PASSWORD_NEEDED');
  if (!api.lockout.allow(opened.account, now)) throw new CodedError('TOO_MANY_REQUESTS');
  const known = await passwordOf(api.store.db, opened.account);
  if (!(await api.passwords.fits(old, known?.password ?? null))) throw new CodedError('OLD_PASSWORD_NEEDED');
  api.lockout.forget(opened.account);
}

import { type Context, Hono } from 'hono';
import { UNATTENDED_HEADER } from '../../shared/api/sign-in.ts';
import { API_PREFIX } from '../../shared/api.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import { MINUTE } from '../../shared/time.ts';
import { feedEnds } from '../store/feed.ts';
import { newAttempts } from './attempts.ts';
import { bearerOf, byOf, callerOf, requireOwnOrigin, requireRight } from './auth.ts';
import { type ConsoleFiles, consoleFiles } from './console-files.ts';
import { docsPage } from './docs-page.ts';
import { DOCS_STYLE, DOCS_STYLE_PATH } from './docs-style.ts';
import { newFeedTail } from './feed-tail.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { newLockout } from './lockout.ts';
import type { Looked } from './looks.ts';
import { metricsAnswer } from './metrics-route.ts';
import { openApiDocument } from './openapi.ts';
import { type Api, type ApiOptions, FEED_LIMITS } from './options.ts';
import { newPasswords } from './passwords.ts';
import { problemResponse } from './problem.ts';
import type { Incoming, Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { newSealer } from './sealed-cookie.ts';

const SIGN_IN_ATTEMPTS = { windowMs: 5 * MINUTE, perAddress: 20, overall: 500 };

/** Reading a large roster takes the collector a second in which it does nothing else. */
const ROSTER_ATTEMPTS = { windowMs: 5 * MINUTE, perAddress: 30, overall: 60 };

/** All that people are answered: the API, the console's files and two health checks. Routes may be added to it until it serves. */
export function apiApp(options: ApiOptions): Hono {
  const feedLimits = { ...FEED_LIMITS, ...options.feed };
  const api: Api = {
    ...options,
    attempts: newAttempts(SIGN_IN_ATTEMPTS),
    rosters: newAttempts(ROSTER_ATTEMPTS),
    lockout: newLockout(),
    passwords: newPasswords(options.passwordCost),
    sealer: newSealer(),
    feedLimits,
    tail: newFeedTail({ ...options, limits: feedLimits }),
    readers: new Map(),
  };
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS))
      if (!c.res.headers.has(name)) c.header(name, value);
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  });
  app.use(`${API_PREFIX}/*`, async (c, next) => {
    const changes = c.req.method !== 'GET' && c.req.method !== 'HEAD';
    if (changes && bearerOf(c.req.raw) === undefined) requireOwnOrigin(c.req.raw);
    await next();
  });
  for (const route of ROUTES)
    app.on(route.method.toUpperCase(), API_PREFIX + route.path, handler(api, route));
  const document = openApiDocument(ROUTES);
  app.get(`${API_PREFIX}/openapi.json`, () => Response.json(document));
  app.get(`${API_PREFIX}/docs`, () => docsPage(document));
  app.get(
    DOCS_STYLE_PATH,
    () => new Response(DOCS_STYLE, { headers: { 'content-type': 'text/css; charset=utf-8' } }),
  );
  app.get('/api', (c) => c.redirect(`${API_PREFIX}/docs`));
  app.get('/healthz', () => Response.json({ alive: true }));
  app.get('/readyz', async () => {
    await feedEnds(api.store.db);
    return Response.json({ ready: true });
  });
  app.get('/metrics', (c) => metricsAnswer(api, c.req.raw));
  const files = options.consoleDir === undefined ? undefined : consoleFiles(options.consoleDir);
  app.notFound((c) => elsewhere(files, c));
  app.onError((thrown, c) => failed(api, thrown, c));
  return app;
}

function handler(api: Api, route: Route) {
  const { open, right = 'read', personal = false } = route;
  return async (c: Context): Promise<Response> => {
    const request = c.req.raw;
    const caller = open ? undefined : await callerOf(api, request, isAttended(route, request));
    if (caller) requireRight(caller, right);
    if (caller && personal && !caller.opened) throw new CodedError('SESSION_NEEDED');
    const incoming = {
      api,
      request,
      caller,
      session: caller?.session,
      params: c.req.param(),
      query: c.req.query(),
    };
    const answer = await route.run(incoming);
    if (route.looks && answer.ok) noteLook(incoming, route.looks);
    return answer;
  };
}

/** A feed runs by itself, and so does what a console asks for while nobody touches it; it says so in this header. */
function isAttended({ path }: Route, request: Request): boolean {
  return path !== '/feed' && !request.headers.has(UNATTENDED_HEADER);
}

function noteLook(incoming: Incoming, at: Looked): void {
  const { api, caller, params } = incoming;
  const through = caller?.through ?? '';
  const by = { ...byOf(incoming), through };
  api.looks.note({ by, at, subject: params['id'] ?? '', now: api.clock() });
}

async function elsewhere(files: ConsoleFiles | undefined, c: Context): Promise<Response> {
  const { method, path } = c.req;
  const forConsole = (method === 'GET' || method === 'HEAD') && !path.startsWith('/api/');
  const file = forConsole ? await files?.(path, c.req.header('accept-encoding') ?? '') : undefined;
  return file ?? problemResponse(new CodedError('NOT_FOUND', { path }));
}

function failed({ log }: Api, thrown: Error, c: Context): Response {
  const error = codedError(thrown);
  const { method, path } = c.req;
  if (error.kind.http >= 500) log.error({ err: error, method, path }, 'request failed');
  else log.debug({ code: error.code, method, path }, 'request refused');
  return problemResponse(error);
}

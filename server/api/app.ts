import { type Context, Hono } from 'hono';
import { API_PREFIX } from '../../shared/api.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import { MINUTE } from '../../shared/time.ts';
import { feedEnds } from '../store/feed.ts';
import { sessionOfRow } from '../store/sessions.ts';
import { newAttempts } from './attempts.ts';
import { requireOwnOrigin, requireRight, sessionOf } from './auth.ts';
import { consoleFile } from './console-files.ts';
import { SECURITY_HEADERS } from './headers.ts';
import { openApiDocument } from './openapi.ts';
import { type Api, type ApiOptions, FEED_LIMITS } from './options.ts';
import { problemResponse } from './problem.ts';
import type { Route } from './route.ts';
import { ROUTES } from './routes/index.ts';

const SIGN_IN_ATTEMPTS = { windowMs: 5 * MINUTE, perAddress: 20, overall: 500 };

/** All that people are answered: the API, the console's files and two health checks. Routes may be added to it until it serves. */
export function apiApp(options: ApiOptions): Hono {
  const api: Api = {
    ...options,
    attempts: newAttempts(SIGN_IN_ATTEMPTS),
    feedLimits: { ...FEED_LIMITS, ...options.feed },
    readers: new Set(),
  };
  const app = new Hono();
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
    if (!c.res.headers.has('cache-control')) c.header('cache-control', 'no-store');
  });
  app.use(`${API_PREFIX}/*`, async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') requireOwnOrigin(c.req.raw);
    await next();
  });
  for (const route of ROUTES)
    app.on(route.method.toUpperCase(), API_PREFIX + route.path, handler(api, route));
  const document = openApiDocument(ROUTES);
  app.get(`${API_PREFIX}/openapi.json`, () => Response.json(document));
  app.get('/healthz', () => Response.json({ alive: true }));
  app.get('/readyz', async () => {
    await feedEnds(api.store.db);
    return Response.json({ ready: true });
  });
  app.notFound((c) => elsewhere(api, c));
  app.onError((thrown, c) => failed(api, thrown, c));
  return app;
}

function handler(api: Api, route: Route) {
  return async (c: Context): Promise<Response> => {
    const request = c.req.raw;
    const opened = route.open ? undefined : await sessionOf(api, request, route.path !== '/feed');
    const session = opened && sessionOfRow(opened);
    if (session) requireRight(session, route.right ?? 'read');
    return route.run({ api, request, session, params: c.req.param(), query: c.req.query() });
  };
}

async function elsewhere({ consoleDir }: Api, c: Context): Promise<Response> {
  const { method, path } = c.req;
  const forConsole = (method === 'GET' || method === 'HEAD') && !path.startsWith('/api/');
  const file = forConsole && consoleDir !== undefined ? await consoleFile(consoleDir, path) : undefined;
  return file ?? problemResponse(new CodedError('NOT_FOUND', { path }));
}

function failed({ log }: Api, thrown: Error, c: Context): Response {
  const error = codedError(thrown);
  const { method, path } = c.req;
  if (error.kind.http >= 500) log.error({ err: error, method, path }, 'request failed');
  else log.debug({ code: error.code, method, path }, 'request refused');
  return problemResponse(error);
}

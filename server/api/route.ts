import * as z from 'zod/mini';
import type { Right } from '../../shared/account.ts';
import type { Session } from '../../shared/api.ts';
import { CodedError, type ErrorCode } from '../../shared/errors.ts';
import { problemsOf } from '../../shared/problems.ts';
import type { Caller } from './auth.ts';
import { jsonBody } from './body.ts';
import type { Looked } from './looks.ts';
import type { Api } from './options.ts';

/** A request as `run` gets it, before query and body are parsed. */
export interface Incoming {
  readonly api: Api;
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined on routes that are open to everyone. */
  readonly session: Session | undefined;
  /** As `session`, with what may be done and by what way. */
  readonly caller: Caller | undefined;
}

/** One path of the API, as data: handlers are mounted from it and the OpenAPI document is written from it. */
export interface Route {
  readonly method: 'get' | 'post';
  /** Below `/api/v1`, with parameters as `:id`. */
  readonly path: string;
  readonly summary: string;
  /** What the summary has no room for. */
  readonly description?: string;
  /** What it may answer besides what its kind implies (bad input, no session, no right, unknown id). */
  readonly errors?: readonly ErrorCode[];
  /** Answers without a session too. */
  readonly open: boolean;
  /** What the account must be allowed to; `read` where it is absent. */
  readonly right?: Right;
  /** For people alone: no API token may. */
  readonly personal?: boolean;
  /** Shows raw data of the one that `:id` names, so each look is on the action log. */
  readonly looks?: Looked;
  readonly query?: z.core.$ZodType;
  readonly body?: z.core.$ZodType;
  /** In place of `body` where a file is sent as it is: its media types. */
  readonly upload?: readonly string[];
  /** Absent where the answer is empty. */
  readonly response?: { readonly schema: z.core.$ZodType; readonly mediaType: string };
  readonly run: (incoming: Incoming) => Promise<Response>;
}

interface Reading<Q extends z.core.$ZodType, R extends z.core.$ZodType> {
  readonly path: string;
  readonly summary: string;
  readonly right?: Right;
  readonly personal?: boolean;
  readonly looks?: Looked;
  readonly query: Q;
  readonly response: R;
  readonly answer: (call: Omit<Incoming, 'query'> & { readonly query: z.infer<Q> }) => Promise<z.infer<R>>;
}

/** For routes that take no query: an unknown parameter is a mistake worth telling. */
export const NO_QUERY = z.strictObject({});

/** A GET for people who are signed in, answered as JSON. */
export function reads<Q extends z.core.$ZodType, R extends z.core.$ZodType>(reading: Reading<Q, R>): Route {
  const { path, summary, right = 'read', personal = false, looks, query, response, answer } = reading;
  return {
    method: 'get',
    path,
    summary,
    open: false,
    right,
    personal,
    ...(looks ? { looks } : {}),
    query,
    response: { schema: response, mediaType: 'application/json' },
    run: async (incoming) =>
      Response.json(await answer({ ...incoming, query: parsed(query, incoming.query) })),
  };
}

export async function parsedBody<B extends z.core.$ZodType>(
  schema: B,
  request: Request,
): Promise<z.infer<B>> {
  return parsed(schema, await jsonBody(request));
}

export function parsed<S extends z.core.$ZodType>(schema: S, input: unknown): z.infer<S> {
  const result = z.safeParse(schema, input);
  if (!result.success) throw new CodedError('REQUEST_INVALID', { reason: problemsOf(result.error) });
  return result.data;
}

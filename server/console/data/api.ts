import * as z from 'zod/mini';
import {
  type ContractorsQuery,
  contractorLabelsSchema,
  contractorsSchema,
} from '../../../shared/api/contractors.ts';
import { exportSchema, exportsSchema } from '../../../shared/api/exports.ts';
import { type FindingsQuery, findingsPageSchema } from '../../../shared/api/findings.ts';
import { UNATTENDED_HEADER } from '../../../shared/api/sign-in.ts';
import {
  API_PREFIX,
  type CasesQuery,
  caseDetailSchema,
  casesPageSchema,
  contractorDetailSchema,
  endpointDetailSchema,
  endpointGapsSchema,
  findingDetailSchema,
  problemSchema,
  sessionSchema,
  silencesSchema,
  statusSchema,
} from '../../../shared/api.ts';
import { CodedError, ERRORS, type ErrorCode, type ErrorContext } from '../../../shared/errors.ts';
import type { PackScope } from '../../../shared/pack.ts';
import { isUnattended } from './attention.ts';

/** Every request of the console. Answers are parsed here, so views trust their types. */
export const api = {
  session: (signal: AbortSignal) => get('/session', sessionSchema, signal),
  status: (signal: AbortSignal) => get('/status', statusSchema, signal),
  findings: (query: FindingsQuery, signal: AbortSignal) =>
    get(`/findings${search(query)}`, findingsPageSchema, signal),
  finding: (id: string, signal: AbortSignal) =>
    get(`/findings/${encodeURIComponent(id)}`, findingDetailSchema, signal),
  cases: (query: CasesQuery, signal: AbortSignal) => get(`/cases${search(query)}`, casesPageSchema, signal),
  case: (id: string, signal: AbortSignal) =>
    get(`/cases/${encodeURIComponent(id)}`, caseDetailSchema, signal),
  contractors: (query: ContractorsQuery, signal: AbortSignal) =>
    get(`/contractors${search(query)}`, contractorsSchema, signal),
  labels: (ids: readonly string[], signal: AbortSignal) =>
    get(`/contractor-labels${search({ ids: ids.join(',') })}`, contractorLabelsSchema, signal),
  contractor: (id: string, signal: AbortSignal) =>
    get(`/contractors/${encodeURIComponent(id)}`, contractorDetailSchema, signal),
  endpoint: (id: string, signal: AbortSignal) =>
    get(`/endpoints/${encodeURIComponent(id)}`, endpointDetailSchema, signal),
  gapsOf: (id: string, signal: AbortSignal) =>
    get(`/endpoints/${encodeURIComponent(id)}/gaps?limit=50`, endpointGapsSchema, signal),
  silencesOf: (id: string, signal: AbortSignal) =>
    get(`/endpoints/${encodeURIComponent(id)}/silences`, silencesSchema, signal),
  signIn: async (token: string) =>
    parsed(await post('/sign-in', JSON.stringify({ token })), sessionSchema, '/sign-in'),
  exports: (signal: AbortSignal) => get('/exports', exportsSchema, signal),
  askForExport: async (scope: PackScope) =>
    parsed(await post('/exports', JSON.stringify(scope)), exportSchema, '/exports'),
  signOut: () => post('/sign-out'),
};

export async function get<S extends z.core.$ZodType>(
  path: string,
  schema: S,
  signal: AbortSignal,
): Promise<z.output<S>> {
  return parsed(await answer(path, { signal }), schema, path);
}

export function post(path: string, body?: string): Promise<Response> {
  return answer(path, {
    method: 'POST',
    ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
  });
}

export async function parsed<S extends z.core.$ZodType>(
  response: Response,
  schema: S,
  path: string,
): Promise<z.output<S>> {
  const result = z.safeParse(schema, await bodyOf(response));
  if (!result.success) throw new CodedError('RESPONSE_INVALID', { path }, { cause: result.error });
  return result.data;
}

export async function answer(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (isUnattended()) headers.set(UNATTENDED_HEADER, '1');
  const response = await fetch(API_PREFIX + path, { ...init, headers }).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause;
    throw new CodedError('COLLECTOR_UNREACHABLE', {}, { cause });
  });
  if (response.ok) return response;
  const problem = z.safeParse(problemSchema, await bodyOf(response));
  throw problem.success
    ? new CodedError(...codeAndContext(problem.data))
    : new CodedError(codeOfStatus(response.status), { path, status: response.status });
}

function codeAndContext({ code, context }: z.infer<typeof problemSchema>): [ErrorCode, ErrorContext] {
  return isErrorCode(code) ? [code, context ?? {}] : ['RESPONSE_INVALID', { code }];
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'SIGN_IN_REQUIRED';
  if (status === 404) return 'NOT_FOUND';
  return status >= 500 ? 'COLLECTOR_UNREACHABLE' : 'RESPONSE_INVALID';
}

/** A body that is not JSON (a proxy's error page) fails the schema like any other wrong answer. */
async function bodyOf(response: Response): Promise<unknown> {
  return response.json().catch(() => undefined);
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

export function search(query: object): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const params = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return params.size === 0 ? '' : `?${params}`;
}

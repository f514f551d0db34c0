import * as z from 'zod/mini';
import { ROLES, rightsOf } from '../../shared/account.ts';
import { CodedError, ERRORS, type ErrorCode } from '../../shared/errors.ts';
import { EXAMPLES, STREAM_EXAMPLE } from './openapi-examples.ts';
import { PARAMETERS, TAG_OF } from './openapi-words.ts';
import { problemOf } from './problem.ts';
import type { Route } from './route.ts';

/** A reference to a schema of the document, which gets this name unless it has one. */
export type Refer = (schema: z.core.$ZodType, name: string) => { readonly $ref: string };

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly 'x-right'?: string;
  readonly 'x-roles'?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: Content & { readonly required: boolean };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: object;
}

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: object; readonly [key: string]: unknown }>>;
}

export interface Answer extends Content {
  readonly description: string;
}

/** One route as the document has it. */
export function operationOf(route: Route, refer: Refer): Operation {
  const { summary, open, body, upload, right = 'read' } = route;
  const operationId = nameOf(route);
  return {
    operationId,
    tags: [tagOf(route)],
    summary,
    ...(route.description !== undefined && { description: route.description }),
    ...(open
      ? { security: [] }
      : { 'x-right': right, 'x-roles': ROLES.filter((role) => rightsOf(role).includes(right)) }),
    parameters: [...pathParameters(route), ...queryParameters(route), ...streamParameters(route)],
    ...(body && { requestBody: { required: true, content: json(refer, body, `${operationId}Body`) } }),
    ...(upload && {
      requestBody: {
        required: true,
        content: Object.fromEntries(upload.map((type) => [type, { schema: { type: 'string' } }])),
      },
    }),
    responses: { ...success(route, refer), ...failures(route) },
  };
}

/** `GET /endpoints/:id/gaps` is `GetEndpointsByIdGaps`. */
function nameOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path.split(/[/.-]/).filter((word) => word !== '');
  return [method, ...words.map((word) => word.replace(/^:/, 'by-'))]
    .flatMap((word) => word.split('-'))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

export function tagOf({ path }: Pick<Route, 'path'>): string {
  const first = path.split('/')[1] ?? '';
  return TAG_OF[first] ?? first;
}

function pathParameters({ path }: Route): Parameter[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: PARAMETERS[name] ?? '',
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: Route): Parameter[] {
  if (!query) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...schema } = property === true || property === false ? {} : property;
    return {
      name,
      in: 'query',
      required: required.includes(name),
      description: description ?? PARAMETERS[name] ?? '',
      schema,
    };
  });
}

function streamParameters({ response }: Route): Parameter[] {
  if (response?.mediaType !== 'text/event-stream') return [];
  return [
    {
      name: 'Last-Event-ID',
      in: 'header',
      required: false,
      description: 'The id of the last entry that came; counts for more than `cursor`',
      schema: { type: 'integer', minimum: 0 },
    },
  ];
}

function success({ response, ...route }: Route, refer: Refer): Record<string, Answer> {
  if (!response) return { 204: { description: 'Done; there is nothing to tell' } };
  const { schema, mediaType } = response;
  if (mediaType === 'application/json')
    return { 200: { description: 'Done', content: json(refer, schema, `${nameOf(route)}Answer`) } };
  if (mediaType !== 'text/event-stream')
    return { 200: { description: 'Done', content: { [mediaType]: { schema: { type: 'string' } } } } };
  const stream = { schema: { type: 'string' }, example: STREAM_EXAMPLE, 'x-event': refer(schema, 'Event') };
  return { 200: { description: 'Events until either side ends them', content: { [mediaType]: stream } } };
}

function json(refer: Refer, schema: z.core.$ZodType, name: string): NonNullable<Content['content']> {
  const reference = refer(schema, name);
  const example = EXAMPLES[reference.$ref.split('/').at(-1) ?? ''];
  return { 'application/json': { schema: reference, ...(example !== undefined && { example }) } };
}

/** What may go wrong, by status: what follows from the kind of route, and what it names itself. */
function failures(route: Route): Record<string, Answer> {
  const codes = new Set<ErrorCode>(route.errors ?? []);
  const { open, method, body, query, path, right = 'read' } = route;
  if (body ?? query) codes.add('REQUEST_INVALID');
  if (!open) codes.add('SIGN_IN_REQUIRED');
  if (!open && right !== 'read') codes.add('FORBIDDEN');
  if (method !== 'get') codes.add('ORIGIN_REFUSED');
  if (path.includes(':')) codes.add('NOT_FOUND');
  if (body) codes.add('REQUEST_TOO_LARGE');
  const byStatus = Map.groupBy(codes, (code) => String(ERRORS[code].http));
  const known = [...byStatus].toSorted(([a], [b]) => Number(a) - Number(b));
  return {
    ...Object.fromEntries(known.map(([status, of]) => [status, failure(of)])),
    default: { description: 'Anything else that went wrong', content: problems() },
  };
}

function failure(codes: readonly ErrorCode[]): Answer {
  const examples = Object.fromEntries(
    codes.map((code) => [code, { summary: ERRORS[code].hint, value: problemOf(new CodedError(code)) }]),
  );
  return { description: codes.map((code) => `\`${code}\``).join(', '), content: problems({ examples }) };
}

function problems(more: object = {}): NonNullable<Content['content']> {
  return { 'application/json': { schema: { $ref: '#/components/schemas/Problem' }, ...more } };
}

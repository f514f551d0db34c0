import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import {
  rosterImportedSchema,
  rosterImportQuerySchema,
  rosterPreviewSchema,
  rosterQuerySchema,
} from '../../../shared/api/roster.ts';
import { CodedError } from '../../../shared/errors.ts';
import { listed } from '../../roster/problem.ts';
import { MOST_ROSTER_BYTES, type ReadRoster, readRoster } from '../../roster/read-roster.ts';
import { serialHash } from '../../roster/serial-hash.ts';
import { csvRoster } from '../../roster/write-roster.ts';
import { appendAction } from '../../store/actions.ts';
import { endpointIds, importContractors } from '../../store/contractors.ts';
import { organizationKey } from '../../store/meta.ts';
import { previewOf, some, storedRoster } from '../../store/roster-views.ts';
import { byOf } from '../auth.ts';
import { boundedBytes } from '../body.ts';
import { type Incoming, NO_QUERY, parsed, type Route } from '../route.ts';

const ROSTER_TYPES = ['text/csv', 'application/json'];

export const rosterRoutes: readonly Route[] = [
  {
    method: 'post',
    path: '/roster/preview',
    summary: 'What importing this file would change, or what is wrong with it; changes nothing',
    open: false,
    right: 'administer',
    query: rosterQuerySchema,
    upload: ROSTER_TYPES,
    response: { schema: rosterPreviewSchema, mediaType: 'application/json' },
    run: preview,
  },
  {
    method: 'post',
    path: '/roster',
    summary: 'Imports a file that was previewed, and nothing else than what the preview showed',
    open: false,
    right: 'administer',
    query: rosterImportQuerySchema,
    upload: ROSTER_TYPES,
    response: { schema: rosterImportedSchema, mediaType: 'application/json' },
    run: importOne,
  },
  {
    method: 'get',
    path: '/roster.csv',
    summary: 'All contractors as CSV that can be imported again; formulas are made harmless',
    open: false,
    right: 'administer',
    query: NO_QUERY,
    response: { schema: z.string(), mediaType: 'text/csv' },
    run: exported,
  },
];

async function preview(incoming: Incoming): Promise<Response> {
  const { format } = parsed(rosterQuerySchema, incoming.query);
  const { db } = incoming.api.store;
  const { sha256, read } = await readBody(incoming, format);
  const answer =
    'problems' in read
      ? { ...NOTHING, sha256, problems: some(read.problems) }
      : { ...(await previewOf(db, read.entries)), sha256, problems: some([]) };
  return Response.json(answer);
}

const NOTHING = {
  plan: null,
  added: some([]),
  changed: some([]),
  unchanged: some([]),
  missing: some([]),
  bound: some([]),
};

async function importOne(incoming: Incoming): Promise<Response> {
  const asked = parsed(rosterImportQuerySchema, incoming.query);
  const { file, plan, format } = asked;
  const { sha256, read } = await readBody(incoming, format);
  if (sha256 !== asked.sha256) throw new CodedError('ROSTER_CHANGED', { file });
  if ('problems' in read)
    throw new CodedError('ROSTER_INVALID', { file, problems: `\n${listed(read.problems)}\n` });
  const by = byOf(incoming);
  const detail = { file, sha256 };
  const summary = await importContractors(incoming.api.store, read.entries, { ...by, plan, detail });
  return Response.json({ at: by.at, ...summary });
}

async function readBody(
  { api, request, session }: Incoming,
  format: 'csv' | 'json',
): Promise<{ readonly sha256: string; readonly read: ReadRoster }> {
  if (!api.rosters.allow(session?.account ?? '', api.clock())) throw new CodedError('TOO_MANY_REQUESTS');
  const content = await boundedBytes(request, { most: MOST_ROSTER_BYTES, code: 'ROSTER_TOO_LARGE' });
  const { db } = api.store;
  const read = readRoster(content, {
    format,
    catalog: api.catalog,
    endpoints: await endpointIds(db),
    hash: serialHash(await organizationKey(db)),
  });
  return { sha256: createHash('sha256').update(content).digest('hex'), read };
}

async function exported(incoming: Incoming): Promise<Response> {
  parsed(NO_QUERY, incoming.query);
  const by = byOf(incoming);
  const entries = await incoming.api.store.db.transaction().execute(async (trx) => {
    const stored = await storedRoster(trx);
    const detail = { contractors: stored.length };
    await appendAction(trx, { ...by, action: 'roster.export', subject: 'roster', detail });
    return stored;
  });
  return new Response(csvRoster(entries), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="roster-${by.at.slice(0, 10)}.csv"`,
    },
  });
}

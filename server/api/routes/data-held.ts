import { Readable } from 'node:stream';
import {
  type DataHeld,
  dataHeldSchema,
  erasureRequestSchema,
  personReportSchema,
  reportQuerySchema,
} from '../../../shared/api/data-held.ts';
import { RETENTION_CLASSES } from '../../../shared/tombstone.ts';
import { personReport } from '../../retention/person-report.ts';
import { reportHtml, reportJson } from '../../retention/write-report.ts';
import { appendAction } from '../../store/actions.ts';
import { askErasure, withdrawErasure } from '../../store/erasures.ts';
import { countHeld } from '../../store/held.ts';
import { byOf } from '../auth.ts';
import type { Api } from '../options.ts';
import { type Incoming, NO_QUERY, parsed, parsedBody, type Route, reads } from '../route.ts';

const answer = { schema: dataHeldSchema, mediaType: 'application/json' };

export const dataHeldRoutes: readonly Route[] = [
  reads({
    path: '/contractors/:id/held',
    summary:
      'How much is held about one person, for how long, under which holds, and whether an erasure was asked for',
    right: 'audit',
    query: NO_QUERY,
    response: dataHeldSchema,
    answer: ({ api, params: { id = '' } }) => heldOf(api, id),
  }),
  {
    method: 'get',
    path: '/contractors/:id/report',
    summary: 'Everything held about one person, to hand over to them: JSON, or a page with format=html',
    open: false,
    right: 'audit',
    query: reportQuerySchema,
    response: { schema: personReportSchema, mediaType: 'application/json' },
    run: report,
  },
  {
    method: 'post',
    path: '/contractors/:id/erasure',
    summary: 'Asks for the erasure of a person, or begins the one that somebody else asked for',
    errors: ['LEGAL_HOLD', 'FOUR_EYES'],
    open: false,
    right: 'administer',
    personal: true,
    body: erasureRequestSchema,
    response: answer,
    run: askFor,
  },
  {
    method: 'post',
    path: '/contractors/:id/erasure/withdraw',
    summary: 'Takes back an erasure to which nobody has agreed yet',
    errors: ['ERASURE_BEGUN'],
    open: false,
    right: 'administer',
    response: answer,
    run: withdraw,
  },
];

async function heldOf({ store, retention }: Api, contractor: string): Promise<DataHeld> {
  const { counts, ...held } = await countHeld(store.db, contractor);
  const classes = RETENTION_CLASSES.map((name) => ({
    class: name,
    rows: counts[name]?.rows ?? 0,
    oldest: counts[name]?.oldest ?? null,
    keptDays: retention[name],
  }));
  return { classes, ...held };
}

async function report(incoming: Incoming): Promise<Response> {
  const { api, params, query } = incoming;
  const { format = 'json' } = parsed(reportQuerySchema, query);
  const contractor = params['id'] ?? '';
  const by = byOf(incoming);
  const { db } = api.store;
  const made = await personReport(db, { contractor, at: by.at, retention: api.retention });
  await db
    .transaction()
    .execute((trx) =>
      appendAction(trx, { ...by, action: 'contractor.report', subject: contractor, detail: { format } }),
    );
  const text = format === 'html' ? reportHtml(made) : reportJson(made);
  return new Response(bodyOf(text), {
    headers: {
      'content-type': format === 'html' ? 'text/html; charset=utf-8' : 'application/json',
      'content-disposition': `attachment; filename="${contractor.replaceAll(/[^\w.-]/g, '_')}-data.${format}"`,
    },
  });
}

function bodyOf(text: AsyncIterable<string>): ReadableStream {
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: Node's and the web's type of one and the same class
  return Readable.toWeb(Readable.from(text, { objectMode: false })) as ReadableStream;
}

async function askFor(incoming: Incoming): Promise<Response> {
  const { api, params } = incoming;
  const { reason } = await parsedBody(erasureRequestSchema, incoming.request);
  const by = byOf(incoming);
  const contractor = params['id'] ?? '';
  const asked = await api.store.db
    .transaction()
    .execute((trx) => askErasure(trx, contractor, { reason, by }));
  api.store.feed.ring();
  if (asked.approved) api.eraser?.wake();
  return Response.json(await heldOf(api, contractor));
}

async function withdraw(incoming: Incoming): Promise<Response> {
  const { api, params } = incoming;
  const contractor = params['id'] ?? '';
  const by = byOf(incoming);
  await api.store.db.transaction().execute((trx) => withdrawErasure(trx, contractor, by));
  api.store.feed.ring();
  return Response.json(await heldOf(api, contractor));
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { exportSchema, exportsSchema } from '../../../shared/api/exports.ts';
import { CodedError } from '../../../shared/errors.ts';
import { packScopeSchema, REPORT_HTML, REPORT_PDF } from '../../../shared/pack.ts';
import type { ExportDesk } from '../../audit/export-desk.ts';
import { readDocument } from '../../audit/read-document.ts';
import { appendAction } from '../../store/actions.ts';
import { byOf } from '../auth.ts';
import type { Api } from '../options.ts';
import { type Incoming, NO_QUERY, parsedBody, type Route, reads } from '../route.ts';

export const exportRoutes: readonly Route[] = [
  reads({
    path: '/exports',
    summary: 'Audit packs that were asked for, latest first, with how far they are',
    right: 'audit',
    query: NO_QUERY,
    response: exportsSchema,
    answer: async ({ api }) => {
      const desk = deskOf(api);
      return { exports: [...(await desk.list())], fingerprint: desk.fingerprint() };
    },
  }),
  {
    method: 'post',
    path: '/exports',
    summary: 'Asks for a signed audit pack; it is made in the background, one at a time',
    open: false,
    right: 'audit',
    body: packScopeSchema,
    response: { schema: exportSchema, mediaType: 'application/json' },
    run: ask,
  },
  {
    method: 'get',
    path: '/exports/:id/file',
    summary: 'A pack that is done, as the zip that `farhand verify` checks',
    open: false,
    right: 'audit',
    response: { schema: z.string(), mediaType: 'application/zip' },
    run: download,
  },
  {
    method: 'get',
    path: '/exports/:id/report',
    summary: 'The readable report out of a pack that is done, as a page that loads nothing',
    open: false,
    right: 'audit',
    response: { schema: z.string(), mediaType: 'text/html' },
    run: readReport,
  },
  {
    method: 'get',
    path: '/exports/:id/report.pdf',
    summary: 'The same report as PDF',
    open: false,
    right: 'audit',
    response: { schema: z.string(), mediaType: 'application/pdf' },
    run: readPdf,
  },
];

async function ask(incoming: Incoming): Promise<Response> {
  const scope = await parsedBody(packScopeSchema, incoming.request);
  return Response.json(await deskOf(incoming.api).ask(scope, byOf(incoming)));
}

async function download(incoming: Incoming): Promise<Response> {
  const { api, params } = incoming;
  const id = params['id'] ?? '';
  const { path, name, bytes } = await deskOf(api).fileOf(id);
  const by = byOf(incoming);
  await api.store.db
    .transaction()
    .execute((trx) =>
      appendAction(trx, { ...by, action: 'export.download', subject: id, detail: { file: name } }),
    );
  return new Response(bodyOf(path), {
    headers: {
      'content-type': 'application/zip',
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="${name}"`,
    },
  });
}

async function readReport(incoming: Incoming): Promise<Response> {
  const { content } = await documentOf(incoming, REPORT_HTML);
  return new Response(new Uint8Array(content), {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': policyOf(content) },
  });
}

async function readPdf(incoming: Incoming): Promise<Response> {
  const { content, name } = await documentOf(incoming, REPORT_PDF);
  return new Response(new Uint8Array(content), {
    headers: {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${name.replace(/zip$/, 'pdf')}"`,
    },
  });
}

async function documentOf(incoming: Incoming, document: string) {
  const { api, params } = incoming;
  const id = params['id'] ?? '';
  const { path, name } = await deskOf(api).fileOf(id);
  const content = await readDocument(path, document);
  const by = byOf(incoming);
  await api.store.db
    .transaction()
    .execute((trx) =>
      appendAction(trx, { ...by, action: 'export.view', subject: id, detail: { file: name, document } }),
    );
  return { content, name };
}

/** Nothing runs and nothing is loaded; only the style with which the report begins, before any text that is not ours, applies. */
function policyOf(html: Buffer): string {
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(html.toString()) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups`;
}

function bodyOf(path: string): ReadableStream {
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: Node's and the web's type of one and the same class
  return Readable.toWeb(createReadStream(path)) as ReadableStream;
}

function deskOf({ exports: desk }: Api): ExportDesk {
  if (!desk) throw new CodedError('NOT_FOUND', { path: '/exports' });
  return desk;
}

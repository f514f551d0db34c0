import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import * as z from 'zod/mini';
import { exportSchema, exportsSchema } from '../../../shared/api/exports.ts';
import { CodedError } from '../../../shared/errors.ts';
import { packScopeSchema } from '../../../shared/pack.ts';
import type { ExportDesk } from '../../audit/export-desk.ts';
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

function bodyOf(path: string): ReadableStream {
  // biome-ignore lint/nursery/noUnsafeTypeAssertion: Node's and the web's type of one and the same class
  return Readable.toWeb(createReadStream(path)) as ReadableStream;
}

function deskOf({ exports: desk }: Api): ExportDesk {
  if (!desk) throw new CodedError('NOT_FOUND', { path: '/exports' });
  return desk;
}

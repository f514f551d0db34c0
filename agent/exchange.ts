import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { CodedError } from '../shared/errors.ts';
import { dial } from './dial.ts';

export interface Exchange {
  readonly url: URL;
  readonly pin: string | undefined;
  /** JSON to post; without it the address is read. */
  readonly body?: string;
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

/** One HTTP request and its answer, over a connection that `dial` approved. Follows no redirect. Throws what `dial` throws, or FRAME_TOO_LARGE. */
export async function exchange({ url, pin, body, mostBytes, signal }: Exchange) {
  const transport = await dial(url, pin, signal);
  try {
    // Loaded here, as importing node:http brings 5 MB of undici into a process that runs for months.
    const { request: send } = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
    const request = send(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers:
        body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      createConnection: () => transport,
      signal,
    });
    request.end(body);
    const [response]: IncomingMessage[] = await once(request, 'response', { signal });
    return { status: response?.statusCode ?? 0, text: response ? await textOf(response, mostBytes) : '' };
  } finally {
    transport.destroy();
  }
}

async function textOf(response: IncomingMessage, mostBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > mostBytes) throw new CodedError('FRAME_TOO_LARGE', { reason: 'the answer is too large' });
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}

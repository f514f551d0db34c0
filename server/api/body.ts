import { CodedError } from '../../shared/errors.ts';

const MOST_BYTES = 64 * 1024;

/** Reads a JSON body. Throws REQUEST_INVALID when it is none, REQUEST_TOO_LARGE beyond 64 KiB. */
export async function jsonBody(request: Request): Promise<unknown> {
  const [type] = (request.headers.get('content-type') ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/json')
    throw new CodedError('REQUEST_INVALID', { reason: 'content-type: expected application/json' });
  const text = await boundedText(request);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CodedError('REQUEST_INVALID', { reason: 'the body is not JSON' }, { cause });
  }
}

/** Counts what arrives: a length can be left out or be a lie. */
async function boundedText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new CodedError('REQUEST_TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

import { CodedError, type ErrorCode } from '../../shared/errors.ts';

const MOST_BYTES = 64 * 1024;

/** Reads a JSON body. Throws REQUEST_INVALID when it is none, REQUEST_TOO_LARGE beyond 64 KiB. */
export async function jsonBody(request: Request): Promise<unknown> {
  const [type] = (request.headers.get('content-type') ?? '').split(';');
  if (type?.trim().toLowerCase() !== 'application/json')
    throw new CodedError('REQUEST_INVALID', { reason: 'content-type: expected application/json' });
  const text = (await boundedBytes(request, { most: MOST_BYTES, code: 'REQUEST_TOO_LARGE' })).toString();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CodedError('REQUEST_INVALID', { reason: 'the body is not JSON' }, { cause });
  }
}

export interface Bound {
  readonly most: number;
  /** What is thrown beyond it. */
  readonly code: ErrorCode;
}

/** A body as it came. What says that it is too large is not read at all; the rest is counted, for a length can be left out or be a lie. */
export async function boundedBytes(request: Request, { most, code }: Bound): Promise<Buffer> {
  if (Number(request.headers.get('content-length') ?? 0) > most) throw new CodedError(code);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > most) throw new CodedError(code);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

import { sign } from 'node:crypto';
import { CodedError, codedError } from '../../shared/errors.ts';
import { bytes32Schema } from '../../shared/ids.ts';
import { MIRROR_PATH, type MirrorReply, mirrorText } from '../../shared/mirror.ts';
import { instant } from '../../shared/time.ts';
import { problemResponse } from '../api/problem.ts';
import type { Clock } from '../clock.ts';
import { type Config, urlFor } from '../config.ts';
import { rateLimit } from '../gateway/admission.ts';
import { clientAddressOf } from '../gateway/client-address.ts';
import { openServer } from '../http-server.ts';
import type { Log } from '../log.ts';
import { type MirrorKey, mirrorKey } from './mirror-key.ts';

export interface MirrorOptions {
  readonly config: Config;
  readonly log: Log;
  readonly clock?: Clock;
}

/** A running mirror. It keeps nothing but its key. */
export interface RunningMirror extends AsyncDisposable {
  readonly url: string;
  /** For `mirrors` in the collector's configuration. */
  readonly publicKey: string;
}

/** Tells everybody who asks under which address they came, signed. Throws FILE_UNREADABLE, PORT_IN_USE or CONFIG_INVALID. */
export async function startMirror({ config, log, clock = Date.now }: MirrorOptions): Promise<RunningMirror> {
  const key = mirrorKey(config.dataDir);
  const asked = rateLimit({ burst: 300, perSecond: 10, maxKeys: 10_000, clock: () => performance.now() });
  const server = await openServer(config, (request, incoming) => {
    const ip = clientAddressOf(incoming, config.trustedProxies);
    try {
      if (!asked.take(ip)) throw new CodedError('TOO_MANY_REQUESTS');
      return answerTo(request, { ip, key, clock });
    } catch (thrown) {
      const error = codedError(thrown);
      log.debug({ code: error.code, ip }, 'question refused');
      return problemResponse(error);
    }
  });
  return {
    url: urlFor({ ...config, port: server.port }),
    publicKey: key.publicKey,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function answerTo(
  request: Request,
  { ip, key, clock }: { readonly ip: string; readonly key: MirrorKey; readonly clock: Clock },
): Response {
  const { pathname, searchParams } = new URL(request.url);
  if (request.method === 'GET' && pathname === '/healthz') return Response.json({ alive: true });
  if (request.method !== 'GET' || pathname !== MIRROR_PATH) throw new CodedError('NOT_FOUND');
  const nonce = bytes32Schema.safeParse(searchParams.get('nonce'));
  if (!nonce.success) throw new CodedError('REQUEST_INVALID', { reason: 'nonce: 32 bytes as base64url' });
  const answer = { nonce: nonce.data, ip, time: instant(clock()) };
  const signature = sign(null, Buffer.from(mirrorText(answer)), key.key).toString('base64url');
  const reply: MirrorReply = { answer, signature };
  return Response.json(reply, { headers: { 'cache-control': 'no-store' } });
}

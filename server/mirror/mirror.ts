import { sign } from 'node:crypto';
import { CodedError, codedError } from '../../shared/errors.ts';
import { bytes32Schema } from '../../shared/ids.ts';
import { MIRROR_PATH, type MirrorReply, mirrorText } from '../../shared/mirror.ts';
import { instant } from '../../shared/time.ts';
import { problemResponse } from '../api/problem.ts';
import type { Clock } from '../clock.ts';
import { type Config, urlFor } from '../config.ts';
import { rateLimit } from '../gateway/admission.ts';
import { clientAddresses, UNKNOWN_ADDRESS } from '../gateway/client-address.ts';
import { type ProxyListener, proxyListener } from '../gateway/proxy-listener.ts';
import { closed, listening, portOf, serverFor } from '../http-server.ts';
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
  await using opened = new AsyncDisposableStack();
  let proxies: ProxyListener | undefined;
  const clients = clientAddresses({ ...config, log, proxied: (socket) => proxies?.addressOf(socket) });
  const { server, watch } = serverFor(config, (request, incoming) => {
    const ip = clients.of(incoming);
    try {
      const refusal = clients.refusal(incoming);
      if (refusal) throw refusal;
      if (ip === UNKNOWN_ADDRESS) throw new CodedError('REQUEST_INVALID', { reason: 'no address' });
      if (!asked.take(ip)) throw new CodedError('TOO_MANY_REQUESTS');
      return answerTo(request, { ip, key, clock });
    } catch (thrown) {
      const error = codedError(thrown);
      log.debug({ code: error.code, ip }, 'question refused');
      return problemResponse(error);
    }
  });
  const certificate = watch?.(log);
  opened.defer(() => certificate?.[Symbol.dispose]());
  opened.defer(() => closed(server));
  if (config.proxyProtocol) proxies = opened.use(proxyListener(server, { ...config, log }));
  const door = proxies?.listener ?? server;
  await listening(door, config);
  const disposables = opened.move();
  return {
    url: urlFor({ ...config, port: portOf(door) }),
    publicKey: key.publicKey,
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
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

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type EnrollResponse, enrollmentTokenSchema, TOKEN_PREFIX } from '../../shared/enrollment.ts';
import type { Fact } from '../../shared/facts.ts';
import {
  AGENT_PATH,
  batchFrame,
  type CollectorFrame,
  type Hello,
  parseCollectorFrame,
  type SealedBatch,
  SUBPROTOCOL,
} from '../../shared/frames.ts';
import type { Change, Observation } from '../../shared/observation.ts';
import { genesisText } from '../../shared/seal.ts';
import { instant } from '../../shared/time.ts';
import { signHello } from './hello.ts';

/** A client of the wire protocol without an agent around it: it can also say what no agent would. */
export interface RawIdentity {
  readonly url: string;
  readonly endpoint: string;
  readonly key: KeyObject;
}

export async function enrollRaw(token: string, change: Record<string, unknown> = {}): Promise<RawIdentity> {
  const { url, secret } = enrollmentTokenSchema.parse(
    JSON.parse(Buffer.from(token.slice(TOKEN_PREFIX.length), 'base64url').toString()),
  );
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const response = await postEnroll(url, {
    secret,
    publicKey: publicKey.export({ format: 'jwk' })['x'],
    hostname: 'raw',
    agent: 'raw',
    ...change,
  });
  const { endpoint } = (await response.json()) as EnrollResponse;
  return { url, endpoint, key: privateKey };
}

export function postEnroll(url: string, body: object): Promise<Response> {
  return fetch(`${url}/enroll`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export interface RawConnection extends AsyncDisposable {
  /** The next frame that was not taken yet. */
  next(): Promise<CollectorFrame>;
  send(text: string | Buffer): void;
  hello(change?: Partial<Hello>): void;
  /** Reads nothing any more, as a machine that is gone while its connection is left over. */
  freeze(): void;
  /** Of the challenge. */
  readonly nonce: string;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
}

export interface ConnectOptions {
  readonly epoch: string;
  readonly oldest?: number;
  readonly next?: number;
  readonly headers?: Record<string, string>;
  readonly time?: string;
  readonly boot?: string;
}

/** Connects and waits for the challenge; `hello` answers it. */
export async function connectRaw(identity: RawIdentity, options: ConnectOptions): Promise<RawConnection> {
  const socket = new WebSocket(identity.url.replace(/^http/, 'ws') + AGENT_PATH, SUBPROTOCOL, {
    headers: options.headers ?? {},
  });
  const frames: CollectorFrame[] = [];
  const waiting: ((frame: CollectorFrame) => void)[] = [];
  socket.on('message', (data) => {
    const frame = parseCollectorFrame(String(data));
    const taker = waiting.shift();
    if (taker) taker(frame);
    else frames.push(frame);
  });
  const closed = once(socket, 'close').then(([code]) => Number(code));
  const next = () =>
    new Promise<CollectorFrame>((resolve) => {
      const frame = frames.shift();
      if (frame) resolve(frame);
      else waiting.push(resolve);
    });
  await once(socket, 'open');
  const challenge = await next();
  if (challenge.type !== 'challenge') throw new Error(`expected a challenge, got ${challenge.type}`);
  return {
    next,
    closed,
    nonce: challenge.nonce,
    send: (text) => socket.send(text),
    freeze: () => socket.pause(),
    hello(change = {}) {
      const { epoch, oldest = 1, next: following = 1, boot = 'boot-1', time = instant(Date.now()) } = options;
      socket.send(
        JSON.stringify(
          signHello(identity, challenge.nonce, { epoch, oldest, next: following, boot, time, ...change }),
        ),
      );
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      await closed;
    },
  };
}

/** Connects, says hello and takes the welcome. */
export async function openRaw(
  identity: RawIdentity,
  options: ConnectOptions,
): Promise<RawConnection & { readonly acked: number }> {
  const connection = await connectRaw(identity, options);
  connection.hello();
  const welcome = await connection.next();
  if (welcome.type !== 'welcome') throw new Error(`expected a welcome, got ${JSON.stringify(welcome)}`);
  return { ...connection, acked: welcome.acked };
}

export const newEpoch = (): string => randomBytes(16).toString('hex');

/** Seals batches one after another, as a spool does. */
export function chainOf(identity: RawIdentity, epoch: string) {
  let prev = createHash('sha256').update(genesisText(identity.endpoint, epoch)).digest();
  let seq = 0;
  return {
    batch(changes: readonly Change[], at = instant(Date.now())): SealedBatch {
      const first = seq + 1;
      const observations = changes.map((change) => {
        seq += 1;
        return { seq, at, mono: seq, ...change } as Observation;
      });
      const payload = JSON.stringify({ sealedAt: at, observations });
      const hash = createHash('sha256').update(prev).update(payload).digest();
      const header = {
        type: 'batch',
        epoch,
        first,
        last: seq,
        prev: prev.toString('base64url'),
        hash: hash.toString('base64url'),
        signature: sign(null, hash, identity.key).toString('base64url'),
      } as const;
      prev = hash;
      return { header, payload };
    },
    /** As a frame. */
    frame(changes: readonly Change[], at?: string): string {
      return batchFrame(this.batch(changes, at));
    },
  };
}

export function began(fact: Fact): Change {
  return { change: 'began', fact };
}

export const ANYDESK: Fact = {
  kind: 'tool',
  tool: 'anydesk',
  state: 'running',
  category: 'remote-access',
  signs: [{ by: 'process', name: 'anydesk' }],
};

/** Seals a changed payload anew, so that only its content is wrong. */
export function resealed(identity: RawIdentity, { header, payload }: SealedBatch): string {
  const hash = createHash('sha256').update(Buffer.from(header.prev, 'base64url')).update(payload).digest();
  const signature = sign(null, hash, identity.key).toString('base64url');
  return batchFrame({ header: { ...header, hash: hash.toString('base64url'), signature }, payload });
}

import { randomBytes, randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { CodedError, codedError } from '../../shared/errors.ts';
import type { FactOf, Via } from '../../shared/facts.ts';
import { type Hello, type Mirrored, parseAgentFrame, type SealedBatch } from '../../shared/frames.ts';
import type { Policy } from '../../shared/policy.ts';
import { instant, MINUTE, millis } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Speaker } from '../ingest/account.ts';
import { arrive, leave, turnAway } from '../ingest/connection.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { comeBack } from '../ingest/revoked.ts';
import { seenAt } from '../ingest/seen-at.ts';
import { publicKeyOf, verifyHello } from '../ingest/verify.ts';
import type { Intel } from '../intel/intel.ts';
import type { Log } from '../log.ts';
import { enrolledEndpoint } from '../store/endpoints.ts';
import type { Store } from '../store/store.ts';
import { bucket, type Later } from './admission.ts';
import { answers } from './answers.ts';
import type { Credits } from './credits.ts';
import { type Delivery, openDelivery } from './delivery.ts';
import type { MirrorDesk } from './mirrored.ts';
import type { Turns } from './turns.ts';

/** Frames that carry no batch: an answer of a mirror, a ping, a pong. Agents need one or two in half a minute. */
const SMALL_FRAMES = { burst: 20, perSecond: 1 };
/** Hellos that may wait to be written down; more are told to come back. */
const MOST_ARRIVALS = 1_000;
/** Where a mirror's word counts and none comes, the socket's is taken after this time. */
const MIRROR_PATIENCE_MS = MINUTE;
/** RFC 6455, 7.1.5. */
const CLOSED_WITHOUT_A_WORD = 1006;

export interface ConversationContext {
  readonly store: Store;
  readonly ingest: Ingest;
  readonly intel: Pick<Intel, 'lookup'>;
  /** The one in force now. */
  policy(): Policy;
  readonly mirrors: MirrorDesk;
  readonly credits: Credits;
  /** For what a hello brings into the store: a crowd that connects must not stand between a batch and its commit. */
  readonly arrivals: Turns;
  readonly later: Later;
  readonly limits: ConversationLimits;
  /** Whose word counts for where an endpoint speaks from; the other is kept beside it. */
  readonly egressFrom: Via;
  readonly catalogVersion: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells the gateway that this endpoint now speaks here; an older conversation of the same endpoint is closed by it. */
  welcomed(conversation: Conversation, socket: WebSocket): void;
  /** Who else speaks for this endpoint at this very moment; undefined also for an older connection that was only left over. */
  rivalOf(endpoint: string): Promise<Speaker | undefined>;
  /** Whether this is still the conversation of its endpoint. */
  isCurrent(conversation: Conversation): boolean;
}

export interface ConversationLimits {
  readonly helloTimeoutMs: number;
  /** What waits to be read by the agent, beyond what the operating system takes. */
  readonly unreadBytes: number;
}

export interface Conversation {
  /** Known once the hello was verified, and kept after the end. */
  readonly endpoint: string | undefined;
  /** Known as long as `endpoint`. */
  readonly speaker: Speaker | undefined;
  /** Whether an agent answers here within this time. What it sent before does not count. */
  answers(withinMs: number): Promise<boolean>;
  /** Says bye with this error and closes. */
  close(error: CodedError, retryAfterMs?: number): void;
  /** Ends a connection on which nobody answers. The error is for the log and for the presence that ends. */
  cut(error?: CodedError): void;
  /** Tells a changed policy, to an agent that was welcomed. */
  tellPolicy(): void;
  /** Resolves when the connection is gone and its end is in the store. */
  readonly ended: Promise<void>;
}

type Phase =
  | { readonly name: 'challenged' }
  | { readonly name: 'welcoming' }
  | {
      readonly name: 'open';
      readonly endpoint: string;
      readonly epoch: string;
    }
  | { readonly name: 'closed' };

/**
 * One agent's connection: challenge → hello → welcome, then batches and acks until either side leaves. A frame that breaks the
 * protocol ends it with a bye that names the code. Frames are read in order; only commits overlap, up to the credits.
 */
export function converse(socket: WebSocket, ip: string, context: ConversationContext): Conversation {
  const { clock, ingest, log } = context;
  const nonce = randomBytes(32).toString('base64url');
  const connection = randomUUID();
  const refusalOf = context.mirrors.openFor(nonce);
  let phase: Phase = { name: 'challenged' };
  let delivery: Delivery | undefined;
  let known: string | undefined;
  let speaker: Speaker | undefined;
  let bye: string | undefined;
  let arrival: Promise<unknown> = Promise.resolve();
  let mirrorTimer: NodeJS.Timeout | undefined;
  const smallFrames = bucket(SMALL_FRAMES);
  const helloTimer = setTimeout(() => close(new CodedError('HELLO_TIMEOUT')), context.limits.helloTimeoutMs);

  const conversation: Conversation = {
    get endpoint() {
      return known;
    },
    get speaker() {
      return speaker;
    },
    answers: (withinMs) => answers(socket, withinMs),
    close,
    cut,
    tellPolicy() {
      if (delivery) send({ type: 'policy', policy: context.policy() });
    },
    ended: new Promise((resolve) => socket.once('close', (code) => resolve(end(code)))),
  };

  socket.on('message', (data, isBinary) => {
    try {
      if (isBinary) throw new CodedError('FRAME_INVALID', { reason: 'binary frame' });
      const frame = parseAgentFrame(data.toString());
      if ('payload' in frame) takeBatch(frame);
      else if (frame.type === 'hello') takeHello(frame);
      else takeMirrored(frame);
    } catch (error) {
      close(codedError(error));
    }
  });
  socket.on('ping', takeSmall);
  socket.on('pong', takeSmall);
  // ws reports a frame over maxPayload or broken framing here, then closes by itself.
  socket.on('error', (error) => log.info({ ip, err: error }, 'connection failed'));
  send({ type: 'challenge', nonce, time: instant(clock()) });
  return conversation;

  function takeHello(hello: Hello): void {
    if (phase.name !== 'challenged')
      throw new CodedError('FRAME_UNEXPECTED', { frame: 'hello', phase: phase.name });
    if (context.arrivals.waiting >= MOST_ARRIVALS) {
      close(new CodedError('OVERLOADED', { endpoint: hello.endpoint }), context.later.retryAfterMs());
      return;
    }
    phase = { name: 'welcoming' };
    arrival = welcome(hello).catch((error: unknown) => close(codedError(error)));
  }

  async function welcome(hello: Hello): Promise<void> {
    const now = clock();
    const enrolled = await enrolledEndpoint(context.store.db, hello.endpoint);
    if (!enrolled) throw new CodedError('ENDPOINT_UNKNOWN', { endpoint: hello.endpoint });
    const key = publicKeyOf(enrolled.publicKey);
    verifyHello(key, nonce, hello);
    if (enrolled.revoked) {
      await ingest.commit(comeBack(hello, instant(now)));
      throw new CodedError('ENDPOINT_REVOKED', { endpoint: hello.endpoint });
    }
    if (phase.name === 'closed') return;

    const { endpoint, epoch, boot } = hello;
    const offsetMs = now - millis(hello.time);
    clearTimeout(helloTimer);
    const rival = await context.rivalOf(endpoint);
    if (isClosed()) return;
    const statement = { endpoint, at: instant(now), address: ip, offsetMs, hello, ...(rival && { rival }) };
    if (rival?.epoch === epoch) {
      await ingest.commit(turnAway(statement));
      throw clonedBy(rival, endpoint);
    }
    known = endpoint;
    speaker = { boot, epoch, address: ip };
    phase = { name: 'open', endpoint, epoch };
    context.welcomed(conversation, socket);
    const egress = context.intel.lookup(ip);
    const counts = context.egressFrom === 'socket';
    const accounted = await context.arrivals.run(() =>
      ingest.commit(arrive({ ...statement, connection, egress, counts })),
    );
    if (accounted.outcome === 'clone') throw clonedBy(rival, endpoint);
    if (isClosed()) return;
    if (context.egressFrom === 'mirror')
      mirrorTimer = setTimeout(() => seenFrom(context.intel.lookup(ip)), MIRROR_PATIENCE_MS);
    log.info({ endpointId: endpoint, ip, agent: hello.agent, offsetMs }, 'endpoint connected');
    const { acked } = accounted;
    delivery = openDelivery({
      ...{ context, socket, endpoint, epoch, key, offsetMs, acked, send, close },
      next: hello.next,
    });
    send({
      type: 'welcome',
      acked,
      credits: delivery.credits,
      policy: context.policy(),
      catalog: context.catalogVersion,
      time: instant(clock()),
    });
  }

  function isClosed(): boolean {
    return phase.name === 'closed';
  }

  function takeSmall(): void {
    if (smallFrames.take(performance.now()) < 0)
      close(new CodedError('TOO_MANY_REQUESTS', { endpoint: known }));
  }

  function takeMirrored(frame: Mirrored): void {
    takeSmall();
    if (phase.name !== 'open')
      throw new CodedError('FRAME_UNEXPECTED', { frame: 'mirrored', phase: phase.name });
    if (!context.isCurrent(conversation)) return;
    const refusal = refusalOf(frame);
    if (refusal) {
      log.warn({ endpointId: known, ip, refusal, answer: frame.answer }, 'answer of a mirror refused');
      return;
    }
    clearTimeout(mirrorTimer);
    seenFrom({ ...context.intel.lookup(frame.answer.ip), via: 'mirror' });
  }

  function seenFrom(egress: FactOf<'egress'>): void {
    if (phase.name !== 'open') return;
    const counts = context.egressFrom === 'mirror';
    ingest
      .commit(seenAt({ endpoint: phase.endpoint, at: instant(clock()), egress, counts }))
      .catch((error: unknown) => close(codedError(error)));
  }

  function takeBatch(batch: SealedBatch): void {
    if (phase.name === 'closed') return;
    if (phase.name !== 'open' || batch.header.epoch !== phase.epoch || !delivery) {
      throw new CodedError('FRAME_UNEXPECTED', { frame: 'batch', phase: phase.name });
    }
    delivery.take(batch);
  }

  function send(frame: object): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.send(JSON.stringify(frame));
    const unread = socket.bufferedAmount;
    if (unread > context.limits.unreadBytes) cut(new CodedError('AGENT_SLOW', { unread }));
  }

  function cut(error?: CodedError): void {
    if (error && bye === undefined) {
      bye = error.code;
      log[error.kind.level](
        { code: bye, endpointId: known, ip, ...error.context },
        'connection cut by the collector',
      );
    }
    phase = { name: 'closed' };
    socket.terminate();
  }

  function close(error: CodedError, retryAfterMs?: number): void {
    if (socket.readyState !== socket.OPEN) return;
    const { code, kind } = error;
    bye = code;
    // What still arrives until the other side hangs up is not taken: it may never hang up.
    phase = { name: 'closed' };
    log[kind.level]({ code, endpointId: known, ip, ...error.context }, 'connection closed by the collector');
    send({ type: 'bye', code, hint: kind.hint, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    socket.close(kind.close, code);
  }

  async function end(closeCode: number): Promise<void> {
    clearTimeout(helloTimer);
    clearTimeout(mirrorTimer);
    phase = { name: 'closed' };
    delivery?.[Symbol.dispose]();
    const at = instant(clock());
    const reason = bye ?? (closeCode === CLOSED_WITHOUT_A_WORD ? 'connection lost' : 'agent left');
    await arrival;
    if (known === undefined) return;
    try {
      await ingest.commit(
        leave({ endpoint: known, connection, at, reason, replaced: !context.isCurrent(conversation) }),
      );
    } catch (error) {
      // Nothing is lost: the next start, or the next connection, ends what stays open.
      log.warn({ endpointId: known, err: error }, 'end of a connection was not written');
    }
  }
}

function clonedBy(rival: Speaker | undefined, endpointId: string): CodedError {
  const other = rival ? { otherAddress: rival.address, otherBoot: rival.boot } : {};
  return new CodedError('ENDPOINT_CLONED', { endpointId, ...other });
}

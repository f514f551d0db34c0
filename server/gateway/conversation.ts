import { randomBytes, randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { CodedError, codedError } from '../../shared/errors.ts';
import type { FactOf, Via } from '../../shared/facts.ts';
import { type Hello, LIMITS, type Mirrored, parseAgentFrame, type SealedBatch } from '../../shared/frames.ts';
import type { Policy } from '../../shared/policy.ts';
import { instant, MINUTE, millis } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Speaker } from '../ingest/account.ts';
import { arrive, leave, turnAway } from '../ingest/connection.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { readPayload } from '../ingest/read-payload.ts';
import { comeBack } from '../ingest/revoked.ts';
import { receive } from '../ingest/sealed-batch.ts';
import { seenAt } from '../ingest/seen-at.ts';
import { publicKeyOf, verifyHello, verifySeal } from '../ingest/verify.ts';
import type { Intel } from '../intel/intel.ts';
import type { Log } from '../log.ts';
import { enrolledEndpoint } from '../store/endpoints.ts';
import type { Store } from '../store/store.ts';
import type { MirrorDesk } from './mirrored.ts';

/** How many batches one connection may have on the way: ten of 500 observations hide a round trip across the world. */
const CREDITS = 10;
/** Where a mirror's word counts and none comes, the socket's is taken after this time. */
const MIRROR_PATIENCE_MS = MINUTE;
/** RFC 6455, 7.1.5. */
const CLOSED_WITHOUT_A_WORD = 1006;

export interface ConversationContext {
  readonly store: Store;
  readonly ingest: Ingest;
  readonly intel: Pick<Intel, 'lookup'>;
  readonly policy: Policy;
  readonly mirrors: MirrorDesk;
  /** Whose word counts for where an endpoint speaks from; the other is kept beside it. */
  readonly egressFrom: Via;
  readonly catalogVersion: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells the gateway that this endpoint now speaks here; an older conversation of the same endpoint is closed by it. */
  welcomed(conversation: Conversation): void;
  /** Who else speaks for this endpoint at this very moment; undefined also for an older connection that was only left over. */
  rivalOf(endpoint: string): Promise<Speaker | undefined>;
  /** Whether this is still the conversation of its endpoint. */
  isCurrent(conversation: Conversation): boolean;
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
  /** Ends a connection on which nobody answers. */
  cut(): void;
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
      readonly offsetMs: number;
      readonly key: ReturnType<typeof publicKeyOf>;
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
  let onTheWay = 0;
  let known: string | undefined;
  let speaker: Speaker | undefined;
  let bye: string | undefined;
  let arrival: Promise<unknown> = Promise.resolve();
  let mirrorTimer: NodeJS.Timeout | undefined;
  const helloTimer = setTimeout(() => close(new CodedError('HELLO_TIMEOUT')), LIMITS.helloTimeoutMs);

  const conversation: Conversation = {
    get endpoint() {
      return known;
    },
    get speaker() {
      return speaker;
    },
    answers: (withinMs) => answers(socket, withinMs),
    close,
    cut: () => socket.terminate(),
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
  // ws reports a frame over maxPayload or broken framing here, then closes by itself.
  socket.on('error', (error) => log.info({ ip, err: error }, 'connection failed'));
  send({ type: 'challenge', nonce, time: instant(clock()) });
  return conversation;

  function takeHello(hello: Hello): void {
    if (phase.name !== 'challenged')
      throw new CodedError('FRAME_UNEXPECTED', { frame: 'hello', phase: phase.name });
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
    const statement = {
      ...{ endpoint, at: instant(now), address: ip, offsetMs, hello },
      ...(rival && { rival }),
    };
    if (rival?.epoch === epoch) {
      await ingest.commit(turnAway(statement));
      throw clonedBy(rival, endpoint);
    }
    known = endpoint;
    speaker = { boot, epoch, address: ip };
    phase = { name: 'open', endpoint, epoch, offsetMs, key };
    context.welcomed(conversation);
    const accounted = await ingest.commit(
      arrive({
        ...statement,
        connection,
        egress: context.intel.lookup(ip),
        counts: context.egressFrom === 'socket',
      }),
    );
    if (accounted.outcome === 'clone') throw clonedBy(rival, endpoint);
    if (context.egressFrom === 'mirror')
      mirrorTimer = setTimeout(() => seenFrom(context.intel.lookup(ip)), MIRROR_PATIENCE_MS);
    log.info({ endpointId: endpoint, ip, agent: hello.agent, offsetMs }, 'endpoint connected');
    send({
      type: 'welcome',
      acked: accounted.acked,
      credits: CREDITS,
      policy: context.policy,
      catalog: context.catalogVersion,
      time: instant(clock()),
    });
  }

  function isClosed(): boolean {
    return phase.name === 'closed';
  }

  function takeMirrored(frame: Mirrored): void {
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
    if (phase.name !== 'open' || batch.header.epoch !== phase.epoch || onTheWay >= CREDITS) {
      throw new CodedError('FRAME_UNEXPECTED', { frame: 'batch', phase: phase.name, onTheWay });
    }
    const { endpoint, epoch, key, offsetMs } = phase;
    verifySeal(key, batch);
    const payload = readPayload(batch);
    onTheWay += 1;
    ingest
      .commit(
        receive({
          endpoint,
          batch,
          payload,
          offsetMs,
          receivedAt: instant(clock()),
          lookup: context.intel.lookup,
        }),
      )
      .then((received) => {
        onTheWay -= 1;
        if (received.outcome === 'refused') throw received.error;
        send({ type: 'ack', epoch, through: received.through, credits: CREDITS });
      })
      .catch((error: unknown) => close(codedError(error)));
  }

  function send(frame: object): void {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
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

/** A pong of its own: only an agent that holds this socket now can give it. */
function answers(socket: WebSocket, withinMs: number): Promise<boolean> {
  if (socket.readyState !== socket.OPEN) return Promise.resolve(false);
  const asked = randomBytes(8);
  return new Promise((resolve) => {
    const done = (answer: boolean) => {
      clearTimeout(timer);
      socket.off('pong', onPong);
      socket.off('close', onClose);
      resolve(answer);
    };
    const onPong = (told: Buffer) => told.equals(asked) && done(true);
    const onClose = () => done(false);
    const timer = setTimeout(onClose, withinMs);
    socket.on('pong', onPong);
    socket.on('close', onClose);
    socket.ping(asked);
  });
}

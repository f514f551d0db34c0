import { CodedError } from '../shared/errors.ts';
import { batchFrame, type CollectorFrame, type Hello, type Welcome } from '../shared/frames.ts';
import type { Policy } from '../shared/policy.ts';
import { helloText } from '../shared/seal.ts';
import { instant } from '../shared/time.ts';
import type { Ending } from './backoff.ts';
import type { Identity } from './identity.ts';
import type { EpochReason, Spool } from './spool.ts';

export interface DialogueOptions {
  readonly identity: Identity;
  readonly spool: Spool;
  readonly boot: string;
  readonly version: string;
  readonly clock: () => number;
  onWelcome(frame: Welcome): void;
  onPolicy(policy: Policy): void;
  onAck(through: number): void;
}

/** What the dialogue needs of a connection. */
export interface Wire {
  /** Whether there is room for another frame. */
  isReady(): boolean;
  send(frame: string, sent?: () => void): void;
  /** The hello was welcomed; `nonce` is the challenge's. */
  opened(nonce: string): void;
  /** After this no frame is taken any more. */
  end(ending: Ending): void;
}

export interface Dialogue {
  /** Throws FRAME_UNEXPECTED for what has no place here, and whatever the spool throws. */
  take(frame: CollectorFrame): void;
  /** Sends what may be sent now. */
  deliver(): void;
  /** Whether anything was delivered. */
  isUseful(): boolean;
}

/** The collector cannot go on with this epoch: another spool has taken it, or its chain does not fit. */
const STARTS_ANEW: readonly EpochReason[] = ['CHAIN_BREAK', 'EPOCH_CLOSED', 'ENDPOINT_CLONED'];

/**
 * The agent's side of farhand.v1:
 *   greeting    the collector's challenge is awaited and answered by a signed hello
 *   waiting     the welcome tells what is committed, the credits and the policy
 *   delivering  batches go out while fewer than `credits` are unacknowledged; every ack deletes and lets the next ones go
 */
export function newDialogue(options: DialogueOptions, wire: Wire): Dialogue {
  const { spool } = options;
  let phase: 'greeting' | 'waiting' | 'delivering' | 'over' = 'greeting';
  let useful = false;
  let nonce = '';
  let credits = 0;
  let cursor = 0;
  let inFlight: readonly number[] = [];

  const deliver = (): void => {
    while (phase === 'delivering' && inFlight.length < credits && wire.isReady()) {
      const batch = spool.nextBatch(cursor);
      if (!batch) return;
      cursor = batch.header.last;
      inFlight = [...inFlight, cursor];
      wire.send(batchFrame(batch), deliver);
    }
  };
  const settle = (through: number, granted: number): void => {
    credits = granted;
    spool.acked(through);
    useful ||= inFlight.some((last) => last <= through);
    inFlight = inFlight.filter((last) => last > through);
    options.onAck(through);
    deliver();
  };
  const restart = (reason: EpochReason, ending: Ending): void => {
    phase = 'over';
    spool.startEpoch(reason);
    wire.end(ending);
  };

  const welcomed = (frame: Welcome): void => {
    if (spool.contradicts(frame.acked)) {
      restart('snapshot-revert', {});
      return;
    }
    phase = 'delivering';
    cursor = frame.acked;
    options.onWelcome(frame);
    options.onPolicy(frame.policy);
    settle(frame.acked, frame.credits);
    wire.opened(nonce);
  };

  return {
    deliver,
    isUseful: () => useful,
    take(frame) {
      const at = `${phase} ${frame.type}`;
      if (frame.type === 'bye') {
        const { code, retryAfterMs } = frame;
        const ending = { bye: code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
        const reason = STARTS_ANEW.find((known) => known === code);
        if (reason) restart(reason, ending);
        else wire.end(ending);
        phase = 'over';
      } else if (frame.type === 'challenge' && phase === 'greeting') {
        phase = 'waiting';
        nonce = frame.nonce;
        wire.send(JSON.stringify(helloTo(frame.nonce, options)));
      } else if (frame.type === 'welcome' && phase === 'waiting') {
        welcomed(frame);
      } else if (frame.type === 'ack' && phase === 'delivering') {
        // Obeying an ack of what was not sent would delete evidence that nobody has.
        if (frame.epoch !== spool.position().epoch || frame.through > cursor)
          throw new CodedError('FRAME_UNEXPECTED', { at, through: frame.through, sent: cursor });
        settle(frame.through, frame.credits);
      } else if (frame.type === 'policy' && phase === 'delivering') {
        options.onPolicy(frame.policy);
      } else {
        throw new CodedError('FRAME_UNEXPECTED', { at });
      }
    },
  };
}

function helloTo(nonce: string, { identity, spool, boot, version, clock }: DialogueOptions): Hello {
  const { epoch, oldest, next } = spool.position();
  const time = instant(clock());
  const said = { endpoint: identity.endpoint, epoch, oldest, next, boot, agent: version, time };
  return { type: 'hello', ...said, signature: identity.sign(helloText(nonce, said)) };
}

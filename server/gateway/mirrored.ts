import { createHash, type KeyObject, verify } from 'node:crypto';
import type { Mirrored } from '../../shared/frames.ts';
import { MIRROR_FRESH_MS, type Mirror, mirrorNonceText, mirrorText } from '../../shared/mirror.ts';
import { millis, SECOND } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import { publicKeyOf } from '../ingest/verify.ts';

/**
 * Why an answer was refused. `replayed`: it answers another question than one of this connection that was not answered yet.
 * `hasty`: the one before came a moment ago. `forged`: no mirror of ours signed it. `stale`: it is older or younger than two minutes.
 */
export type Refusal = 'forged' | 'replayed' | 'stale' | 'hasty';

export interface MirrorCounts {
  readonly accepted: number;
  readonly refused: Readonly<Record<Refusal, number>>;
}

/** Judges what agents bring from mirrors, and counts. */
export interface MirrorDesk {
  counts(): MirrorCounts;
  /** For one connection. Gives undefined for an answer that counts. */
  openFor(connectionNonce: string): (frame: Mirrored) => Refusal | undefined;
}

const LEAST_PAUSE_MS = SECOND;

export function mirrorDesk({
  mirrors,
  clock,
}: {
  readonly mirrors: readonly Pick<Mirror, 'publicKey'>[];
  readonly clock: Clock;
}): MirrorDesk {
  const keys = mirrors.map(({ publicKey }) => publicKeyOf(publicKey));
  const refused = { forged: 0, replayed: 0, stale: 0, hasty: 0 };
  let accepted = 0;
  return {
    counts: () => ({ accepted, refused: { ...refused } }),
    openFor(connectionNonce) {
      let last = { count: 0, at: Number.NEGATIVE_INFINITY };
      return (frame) => {
        const at = performance.now();
        const hasty = at - last.at < LEAST_PAUSE_MS;
        const refusal = refusalOf(frame, { connectionNonce, last: last.count, hasty, keys, now: clock() });
        if (refusal) refused[refusal] += 1;
        else accepted += 1;
        // What was looked at, whatever it was worth, cost a verification.
        if (refusal !== 'replayed') last = { count: refusal ? last.count : frame.count, at };
        return refusal;
      };
    },
  };
}

interface Asked {
  readonly connectionNonce: string;
  readonly last: number;
  readonly hasty: boolean;
  readonly keys: readonly KeyObject[];
  readonly now: number;
}

/** What costs least is asked first. */
function refusalOf(
  { count, answer, signature }: Mirrored,
  { connectionNonce, last, hasty, keys, now }: Asked,
): Refusal | undefined {
  const nonce = createHash('sha256').update(mirrorNonceText(connectionNonce, count)).digest('base64url');
  if (count <= last || answer.nonce !== nonce) return 'replayed';
  if (hasty) return 'hasty';
  const text = Buffer.from(mirrorText(answer));
  const signed = Buffer.from(signature, 'base64url');
  if (!keys.some((key) => verify(null, text, key, signed))) return 'forged';
  return Math.abs(now - millis(answer.time)) > MIRROR_FRESH_MS ? 'stale' : undefined;
}

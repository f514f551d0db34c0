import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readPayload } from '../../server/ingest/read-payload.ts';
import { publicKeyOf, verifyHello, verifySeal } from '../../server/ingest/verify.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import { FACTS } from '../../shared/facts.ts';
import { type Hello, parseAgentFrame, type SealedBatch } from '../../shared/frames.ts';
import { helloText } from '../../shared/seal.ts';
import { SAMPLES } from '../support/facts.ts';
import { signHello } from '../support/hello.ts';
import { began, chainOf, newEpoch, type RawIdentity } from '../support/raw-agent.ts';
import { mutated, type Parts } from './mutations.ts';
import { type Random, randomOf } from './random.ts';

export interface FuzzReport {
  readonly frames: number;
  readonly seconds: number;
  /** How often each code refused. */
  readonly refused: Readonly<Record<string, number>>;
  /** Taken because their signed content is untouched. */
  readonly genuine: number;
  /** Taken although nobody signed that. */
  readonly forged: readonly string[];
  /** Something else than a refusal was thrown. */
  readonly crashes: readonly string[];
  /** Megabytes in use after garbage was collected, at the end of each quarter. */
  readonly heap: readonly number[];
}

export interface FuzzOptions {
  readonly seed: number;
  readonly frames: number;
}

const NONCE = 'BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ';
const POOL = 64;

/** Wrong frames into what the collector does with a frame before it asks its store: read, verify the signature, read the payload. */
export function fuzzInProcess({ seed, frames }: FuzzOptions): FuzzReport {
  const random = randomOf(seed);
  const identity = { url: '', endpoint: 'fuzz', key: generateKeyPairSync('ed25519').privateKey };
  const key = publicKeyOf(String(identity.key.export({ format: 'jwk' })['x']));
  const batches = genuineBatches(identity, random);
  const hellos = Array.from({ length: POOL }, (_, index) => signHello(identity, NONCE, { next: index + 1 }));
  const signed = new Set([...batches.map(contentOf), ...hellos.map((hello) => helloText(NONCE, hello))]);
  const refused: Record<string, number> = {};
  const forged: string[] = [];
  const crashes: string[] = [];
  const heap: number[] = [];
  let genuine = 0;

  const startedAt = performance.now();
  for (let count = 1; count <= frames; count += 1) {
    const isHello = random.chance(0.2);
    const [parts, other] = isHello
      ? [helloParts(random.pick(hellos)), helloParts(random.pick(hellos))]
      : [batchParts(random.pick(batches)), batchParts(random.pick(batches))];
    const { name, frame } = mutated(parts, other, random);
    try {
      const content = taken(frame.toString(), key);
      if (signed.has(content)) genuine += 1;
      else forged.push(`${name}: ${frame.toString().slice(0, 2_000)}`);
    } catch (error) {
      const { code } = codedError(error);
      refused[code] = (refused[code] ?? 0) + 1;
      if (code === 'INTERNAL') crashes.push(`${name}: ${String(error)}`);
    }
    if (count % Math.ceil(frames / 4) === 0 || count === frames) heap.push(heapInUse());
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  return { frames, seconds, refused, genuine, forged, crashes, heap };
}

/** Throws the refusal; gives what was signed otherwise. */
function taken(text: string, key: KeyObject): string {
  const frame = parseAgentFrame(text);
  if ('payload' in frame) {
    verifySeal(key, frame);
    readPayload(frame);
    return contentOf(frame);
  }
  if (frame.type === 'mirrored') throw new CodedError('FRAME_UNEXPECTED', { frame: frame.type });
  verifyHello(key, NONCE, frame);
  return helloText(NONCE, frame);
}

/** What the signature of a batch is about: everything else of the header is checked against the store. */
function contentOf({ header, payload }: SealedBatch): string {
  return `${Buffer.from(header.prev, 'base64url').toString('hex')}\n${payload}`;
}

/** Valid batches of a chain with facts of every kind. */
export function genuineBatches(
  identity: RawIdentity,
  random: Random,
  epoch = newEpoch(),
): readonly SealedBatch[] {
  const chain = chainOf(identity, epoch);
  const facts = Object.values(SAMPLES).filter(({ kind }) => FACTS[kind].source === 'agent');
  return Array.from({ length: POOL }, () =>
    chain.batch(Array.from({ length: random.between(1, 4) }, () => began(random.pick(facts)))),
  );
}

export function batchParts({ header, payload }: SealedBatch): Parts {
  return { header: { ...header }, payload };
}

export function helloParts(hello: Hello): Parts {
  return { header: { ...hello }, payload: undefined };
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapInUse(): number {
  collectGarbage();
  return Math.round((process.memoryUsage().heapUsed / 1024 / 1024) * 10) / 10;
}

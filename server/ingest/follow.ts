import { type FactOf, factKey } from '../../shared/facts.ts';
import { peerAddressOf, tellsOfPlaces } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { endPeers, insertPeer } from '../store/peers.ts';
import type { NewSpan } from '../store/spans.ts';
import type { Trx } from '../store/store.ts';
import { endVisits, insertVisits } from '../store/visits.ts';
import type { SpansOfBatch } from './spans-of-batch.ts';

/** What an address tells, for what the collector adds to an agent's facts. */
export type Lookup = (ip: string) => FactOf<'egress'>;

interface Written extends SpansOfBatch {
  readonly endpoint: string;
  /** Of `spans`, in their order. */
  readonly ids: readonly number[];
  readonly lookup: Lookup;
  /** When the batch arrived. */
  readonly knownAt: Instant;
}

/**
 * What the collector concludes from spans that were just written: stays at places that several could share, and where the peers of
 * logins and remote control are. Most batches tell of neither and cost nothing here. Gives the places to be judged.
 */
export function follow(trx: Trx, written: Written): readonly string[] {
  followPeers(trx, written);
  return followVisits(trx, written);
}

function followVisits(trx: Trx, { endpoint, ends, spans, ids }: Written): readonly string[] {
  const touched = ends.some(({ fact }) => tellsOfPlaces(fact.kind)) ? [...endVisits(trx, endpoint)] : [];
  for (const [index, span] of spans.entries()) {
    const id = ids[index];
    if (id === undefined || !tellsOfPlaces(span.fact.kind)) continue;
    touched.push(...insertVisits(trx, id, span));
  }
  return [...new Set(touched)];
}

function followPeers(trx: Trx, { endpoint, ends, spans, lookup, knownAt }: Written): void {
  for (const span of spans) {
    const peer = peerOf(span, lookup);
    if (peer) insertPeer(trx, peer);
  }
  const ended = new Map<string, Instant>();
  for (const { fact, at } of ends) {
    const address = peerAddressOf(fact);
    if (address) ended.set(factKey({ kind: 'peer', ...address }), at);
  }
  const [last] = [...ended.values()].toSorted().slice(-1);
  if (last !== undefined)
    endPeers(trx, endpoint, { endOf: (peer) => ended.get(factKey(peer)) ?? last, knownAt });
}

/** The peer of a login or remote control, which lasts as long as it. Undefined for the machine's own keyboard and private addresses. */
function peerOf(span: NewSpan, lookup: Lookup): NewSpan | undefined {
  const address = peerAddressOf(span.fact);
  if (!address) return undefined;
  const { kind: _, via: __, ...whereabouts } = lookup(address.ip);
  const { fact: _told, key: _key, claim: _claim, ...same } = span;
  const fact = { kind: 'peer', ...whereabouts, ...address } as const;
  return { ...same, fact, source: 'collector' };
}

import { type Fact, type FactOf, factKey } from '../../shared/facts.ts';
import { peerAddressOf } from '../../shared/place.ts';
import type { Instant } from '../../shared/time.ts';
import { prepared } from './prepared.ts';
import { endSpan, insertSpan, type NewSpan } from './spans.ts';
import type { Trx } from './store.ts';

type Peer = FactOf<'peer'>;

const openSpan = prepared((db) =>
  db
    .selectFrom('spans')
    .select('id')
    .where('endpoint', '=', '')
    .where('key', '=', '')
    .where('to', 'is', null),
);

/** Adds where somebody came from. A second login from one address while the first goes on adds nothing. */
export function insertPeer(trx: Trx, peer: NewSpan): void {
  if (peer.to === null) {
    if (openSpan.all(trx, [peer.endpoint, factKey(peer.fact)]).length > 0) return;
  }
  insertSpan(trx, peer);
}

const openOnes = prepared((db) =>
  db
    .selectFrom('spans')
    .select('fact')
    .where('endpoint', '=', '')
    .where('to', 'is', null)
    .where('kind', 'in', ['session', 'control', 'peer']),
);

/** Ends the peers from whose address no login and no remote control goes on. */
export function endPeers(
  trx: Trx,
  endpoint: string,
  { endOf, knownAt }: { readonly endOf: (peer: Peer) => Instant; readonly knownAt: Instant },
): void {
  const rows = openOnes.all(trx, [endpoint, 'session', 'control', 'peer']);
  const open = rows.map(({ fact }): Fact => JSON.parse(String(fact)));
  const going = new Set(open.flatMap((fact) => peerKeyOf(fact) ?? []));
  for (const fact of open) {
    if (fact.kind === 'peer' && !going.has(factKey(fact)))
      endSpan(trx, endpoint, { key: factKey(fact), at: endOf(fact), knownAt });
  }
}

function peerKeyOf(fact: Fact): string | undefined {
  const address = peerAddressOf(fact);
  return address && factKey({ kind: 'peer', ...address });
}

import { CodedError, codedError } from '../../shared/errors.ts';
import { type Instant, SECOND } from '../../shared/time.ts';
import type { Log } from '../log.ts';
import { type Action, appendAction } from '../store/actions.ts';
import { markDirty } from '../store/dirty.ts';
import { revokedAmong, revokeEndpoint } from '../store/endpoints.ts';
import { appendFeed } from '../store/feed.ts';
import type { Store } from '../store/store.ts';
import type { Conversation } from './conversation.ts';

export interface Revocation extends Pick<Action, 'actor' | 'source'> {
  readonly id: string;
  readonly reason: string;
  readonly at: Instant;
}

/** Takes an endpoint's right to speak, and puts it on the action log. False when it had none any more. Throws NOT_FOUND. */
export async function revoke(store: Store, { id, reason, at, actor, source }: Revocation): Promise<boolean> {
  const revoked = await store.db.transaction().execute(async (trx) => {
    const endpoint = await revokeEndpoint(trx, { id, reason, at });
    if (!endpoint) throw new CodedError('NOT_FOUND', { endpoint: id });
    const { contractor, already } = endpoint;
    if (already) return false;
    await appendAction(trx, {
      at,
      actor,
      source,
      action: 'endpoint.revoke',
      subject: id,
      detail: { contractor, reason },
    });
    await markDirty(trx, at, [{ scope: 'contractor', subject: contractor }]);
    await appendFeed(trx, at, [
      { topic: 'endpoint', ref: id },
      { topic: 'contractor', ref: contractor },
    ]);
    return true;
  });
  store.dirty.ring();
  store.feed.ring();
  return revoked;
}

const LOOK_EVERY_MS = SECOND;

export interface RevocationWatch {
  readonly store: Store;
  readonly log: Log;
  readonly live: ReadonlyMap<string, Conversation>;
}

/** Closes the connections of revoked endpoints, whichever process revoked them. */
export function watchRevocations({ store, log, live }: RevocationWatch): AsyncDisposable {
  let running: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    for (const endpoint of await revokedAmong(store.db, new Set(live.keys())))
      live.get(endpoint)?.close(new CodedError('ENDPOINT_REVOKED', { endpoint }));
  };
  const timer = setInterval(() => {
    if (live.size === 0) return;
    running ??= look()
      .catch((error: unknown) => {
        log.warn({ err: codedError(error) }, 'revocations were not looked for, the next second tries again');
      })
      .finally(() => {
        running = undefined;
      });
  }, LOOK_EVERY_MS);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

import type { Instant } from '../../shared/time.ts';
import { prepared } from './prepared.ts';
import type { Db, Trx } from './store.ts';

export interface Enrolled {
  readonly id: string;
  readonly contractor: string;
  /** Raw Ed25519 public key, base64url. */
  readonly publicKey: string;
  readonly revoked: boolean;
}

export async function enrolledEndpoint(db: Db, id: string): Promise<Enrolled | undefined> {
  const row = await db
    .selectFrom('endpoints')
    .select(['id', 'contractor', 'public_key', 'revoked_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  return (
    row && {
      id: row.id,
      contractor: row.contractor,
      publicKey: row.public_key,
      revoked: row.revoked_at !== null,
    }
  );
}

const selectContractor = prepared((db) =>
  db.selectFrom('endpoints').select('contractor').where('id', '=', ''),
);

/** Whose endpoint it is now: a roster may give it to somebody else while it is connected. */
export function contractorOf(trx: Trx, endpoint: string): string | undefined {
  const [row] = selectContractor.all(trx, [endpoint]);
  return row && String(row['contractor']);
}

const touch = prepared((db) => db.updateTable('endpoints').set({ last_seen_at: '' }).where('id', '=', ''));

export function touchEndpoint(trx: Trx, endpoint: string, at: Instant): void {
  touch.run(trx, [at, endpoint]);
}

/** Counts a batch that came again, or one that contradicted what is stored. */
export async function countDelivery(
  db: Db,
  endpoint: string,
  as: 'repeated' | 'contradicted',
): Promise<void> {
  await db
    .updateTable('endpoints')
    .set((eb) => ({ [as]: eb(as, '+', 1) }))
    .where('id', '=', endpoint)
    .execute();
}

export interface NewEndpoint {
  readonly id: string;
  readonly contractor: string;
  readonly hostname: string;
  readonly publicKey: string;
  readonly agentVersion: string;
  /** Id of the token that it brought. */
  readonly token?: string;
}

/** Adds an endpoint, and its contractor without a declaration where nobody imported one. False when the key is known already. */
export async function addEndpoint(db: Db, endpoint: NewEndpoint, at: Instant): Promise<boolean> {
  const known = await db
    .selectFrom('endpoints')
    .select('id')
    .where('public_key', '=', endpoint.publicKey)
    .executeTakeFirst();
  if (known) return false;
  await db
    .insertInto('contractors')
    .values({ id: endpoint.contractor, label: unassigned(endpoint), declaration: null, updated_at: at })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db
    .insertInto('endpoints')
    .values({
      id: endpoint.id,
      contractor: endpoint.contractor,
      hostname: endpoint.hostname,
      public_key: endpoint.publicKey,
      agent_version: endpoint.agentVersion,
      token: endpoint.token ?? null,
      enrolled_at: at,
      last_seen_at: null,
      revoked_at: null,
    })
    .execute();
  return true;
}

/** Who enrolls without being bound to anybody is called by the machine's name until a roster says more. */
function unassigned({ id, contractor, hostname }: NewEndpoint): string | null {
  return id === contractor ? `Unassigned (${hostname})` : null;
}

export async function setAgentVersion(db: Db, endpoint: string, version: string): Promise<void> {
  await db
    .updateTable('endpoints')
    .set({ agent_version: version })
    .where('id', '=', endpoint)
    .where('agent_version', '!=', version)
    .execute();
}

/** Takes an endpoint's right to speak. Undefined when there is none of that id; `already` when it was revoked before. */
export async function revokeEndpoint(
  db: Db,
  { id, reason, at }: { readonly id: string; readonly reason: string; readonly at: Instant },
): Promise<{ readonly contractor: string; readonly already: boolean } | undefined> {
  const endpoint = await enrolledEndpoint(db, id);
  if (!endpoint) return undefined;
  await db
    .updateTable('endpoints')
    .set({ revoked_at: at, revoked_reason: reason })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute();
  return { contractor: endpoint.contractor, already: endpoint.revoked };
}

/** Which of these endpoints are revoked. */
export async function revokedAmong(db: Db, connected: ReadonlySet<string>): Promise<readonly string[]> {
  const rows = await db.selectFrom('endpoints').select('id').where('revoked_at', 'is not', null).execute();
  return rows.map(({ id }) => id).filter((id) => connected.has(id));
}

/** Endpoints of that contractor whose machine has the same name, latest first: a hint, no more. */
export async function namesakes(
  db: Db,
  { contractor, hostname }: Pick<NewEndpoint, 'contractor' | 'hostname'>,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('endpoints')
    .select('id')
    .where('contractor', '=', contractor)
    .where('hostname', '=', hostname)
    .orderBy('enrolled_at', 'desc')
    .limit(5)
    .execute();
  return rows.map(({ id }) => id);
}

/** Endpoints that may speak, latest seen first. */
export async function liveEndpoints(db: Db) {
  return db
    .selectFrom('endpoints')
    .select(['id', 'contractor', 'last_seen_at'])
    .where('revoked_at', 'is', null)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id')
    .execute();
}

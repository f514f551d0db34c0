import { sql } from 'kysely';
import * as z from 'zod/mini';
import { keyedHashSchema } from '../../shared/ids.ts';
import type { Db } from './store.ts';

export interface SameMachine {
  readonly endpoint: string;
  readonly contractor: string;
  /** What this machine was enrolled as before. */
  readonly before: { readonly endpoint: string; readonly contractor: string };
}

/**
 * Writes down which machine each endpoint is, as soon as its agent has told the serial number (a keyed hash), and gives those whose
 * machine was enrolled before. Once known it stays: an agent that tells another serial later is still this endpoint.
 */
export async function learnMachines(db: Db): Promise<readonly SameMachine[]> {
  const found: SameMachine[] = [];
  for (const { id, contractor, enrolled_at, fact } of await platformsOfUnknown(db)) {
    if (fact === null) continue;
    const { serial } = z.parse(platformSchema, JSON.parse(fact));
    const before = await db
      .selectFrom('endpoints')
      .select(['id', 'contractor'])
      .where('machine', '=', serial)
      .where('enrolled_at', '<=', enrolled_at)
      .orderBy('enrolled_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    await db
      .updateTable('endpoints')
      .set({ machine: serial, enrolled_before: before?.id ?? null })
      .where('id', '=', id)
      .execute();
    if (before)
      found.push({
        endpoint: id,
        contractor,
        before: { endpoint: before.id, contractor: before.contractor },
      });
  }
  return found;
}

/** Oldest enrollment first, so that each is compared with those before it. */
function platformsOfUnknown(db: Db) {
  return db
    .selectFrom('endpoints')
    .select((eb) => [
      'endpoints.id',
      'endpoints.contractor',
      'endpoints.enrolled_at',
      eb
        .selectFrom('spans')
        .select('spans.fact')
        .whereRef('spans.endpoint', '=', 'endpoints.id')
        .where('spans.kind', '=', sql.lit('platform'))
        .where(sql<boolean>`spans.kind in ('egress', 'platform', 'agent')`)
        .where(sql`json_extract(spans.fact, '$.serial')`, 'is not', null)
        .orderBy('spans.from')
        .limit(1)
        .as('fact'),
    ])
    .where('endpoints.machine', 'is', null)
    .orderBy('endpoints.enrolled_at')
    .execute();
}

const platformSchema = z.object({ serial: keyedHashSchema });

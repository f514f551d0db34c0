import type { Instant } from '../../shared/time.ts';
import type { Db } from './store.ts';

/** One boot of a machine in which an endpoint spoke, as its last hello told. */
export interface Boot {
  readonly boot: string;
  readonly epoch: string;
  readonly address: string;
  readonly offsetMs: number;
  readonly at: Instant;
}

/** As many as are remembered for each endpoint: years of a machine, and no more for one that lies. */
const MOST_BOOTS = 200;

/** This boot as it was last seen, and the boot that spoke last. */
export interface BootsBefore {
  readonly same?: Boot;
  readonly latest?: Boot;
}

export async function bootsBefore(db: Db, endpoint: string, boot: string): Promise<BootsBefore> {
  const ofEndpoint = db.selectFrom('boots').selectAll().where('endpoint', '=', endpoint);
  const same = await ofEndpoint.where('boot', '=', boot).executeTakeFirst();
  const latest = await ofEndpoint.orderBy('last_at', 'desc').orderBy('first_at', 'desc').executeTakeFirst();
  return { ...(same && { same: bootOf(same) }), ...(latest && { latest: bootOf(latest) }) };
}

export async function rememberBoot(db: Db, endpoint: string, spoke: Boot): Promise<void> {
  const { boot, epoch, address, offsetMs, at } = spoke;
  const last = { epoch, address, offset_ms: offsetMs, last_at: at };
  await db
    .insertInto('boots')
    .values({ endpoint, boot, first_at: at, ...last })
    .onConflict((conflict) => conflict.columns(['endpoint', 'boot']).doUpdateSet(last))
    .execute();
  await db
    .deleteFrom('boots')
    .where('endpoint', '=', endpoint)
    .where('boot', 'in', (eb) =>
      eb
        .selectFrom('boots')
        .select('boot')
        .where('endpoint', '=', endpoint)
        .orderBy('last_at', 'desc')
        .limit(-1)
        .offset(MOST_BOOTS),
    )
    .execute();
}

function bootOf(row: {
  readonly boot: string;
  readonly epoch: string;
  readonly address: string;
  readonly offset_ms: number;
  readonly last_at: string;
}): Boot {
  const { boot, epoch, address, offset_ms, last_at } = row;
  return { boot, epoch, address, offsetMs: offset_ms, at: last_at };
}

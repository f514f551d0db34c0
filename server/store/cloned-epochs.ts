import type { Db } from './store.ts';

/** The epochs of spools that spoke beside a copy of themselves. */
export function clonedEpochs(db: Db, endpoint: string) {
  return db.selectFrom('gaps').select('epoch').where('endpoint', '=', endpoint).where('cause', '=', 'clone');
}

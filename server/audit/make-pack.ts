import type { Manifest, PackSchedule, PackScope } from '../../shared/pack.ts';
import { openCatalog } from '../catalog/additions-file.ts';
import { advisoryCoverage } from '../detect/advisory-coverage.ts';
import { RULES } from '../detect/rules/index.ts';
import { rulingsOf } from '../detector/rulings.ts';
import type { Log } from '../log.ts';
import { appendAction } from '../store/actions.ts';
import type { By } from '../store/proposals.ts';
import type { Db } from '../store/store.ts';
import { collectorKeys } from './collector-keys.ts';
import { type PackProgress, writePack } from './pack.ts';

export interface PackRequest {
  readonly dataDir: string;
  readonly path: string;
  readonly scope: PackScope;
  readonly by: By;
  readonly schedule?: PackSchedule | undefined;
  /** Rule id → settings that the configuration gives. */
  readonly configured: Readonly<Record<string, unknown>>;
}

export interface PackWatch {
  readonly log: Log;
  readonly onProgress?: (progress: PackProgress) => void;
  readonly signal?: AbortSignal;
}

/** Puts on the action log that somebody asked for a pack; the pack that is made then holds that row. */
export async function noteExport(
  db: Db,
  { scope, by, schedule }: Pick<PackRequest, 'scope' | 'by' | 'schedule'>,
): Promise<void> {
  const detail = { ...scope, ...(schedule ? { schedule } : {}) };
  const subject = `${scope.from.slice(0, 10)}..${scope.to.slice(0, 10)}`;
  await db
    .transaction()
    .execute((trx) => appendAction(trx, { ...by, action: 'export.create', subject, detail }));
}

/** A pack of the data folder, with this version's rules and the keys and catalog of the folder. Throws as `writePack`. */
export async function makePack(request: PackRequest, { log, ...watch }: PackWatch): Promise<Manifest> {
  const { dataDir, path, scope, by, schedule, configured } = request;
  const catalog = await openCatalog(dataDir, log);
  const inForce = rulingsOf({ rules: RULES, configured, log });
  return writePack({
    ...{ dataDir, path, scope, schedule, at: by.at, requestedBy: { actor: by.actor, source: by.source } },
    keys: collectorKeys(dataDir, by.at),
    rules: RULES,
    advisories: advisoryCoverage(),
    settings: async (db) => (await inForce(db)).settings,
    catalog: catalog.version,
    ...watch,
  });
}

export function packName({ from, to }: PackScope, at: string): string {
  return `farhand-${from.slice(0, 10)}-${to.slice(0, 10)}-${at.replaceAll(/[-:]|\.\d+/g, '')}.zip`;
}

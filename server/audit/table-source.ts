import type { CollectorKey, DayRoot, PackScope } from '../../shared/pack.ts';
import type { Instant } from '../../shared/time.ts';
import type { Rule } from '../detect/rule.ts';
import type { PackRange } from '../store/pack-scope.ts';
import type { Db } from '../store/store.ts';
import type { Redaction } from './redaction.ts';

/** All that tables are written from. */
export interface TableSource {
  readonly db: Db;
  readonly range: PackRange;
  readonly scope: PackScope;
  readonly redaction: Redaction;
  /** When the pack is made. */
  readonly at: Instant;
  readonly keys: readonly CollectorKey[];
  readonly days: readonly DayRoot[];
  readonly rules: readonly Rule[];
  /** Rule id → settings in force. */
  readonly settings: ReadonlyMap<string, unknown>;
}

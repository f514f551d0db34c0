import type { Matcher } from '../shared/catalog/match.ts';
import type { Fact } from '../shared/facts.ts';
import type { TimedChange } from '../shared/observation.ts';
import type { Policy } from '../shared/policy.ts';
import type { Instant } from '../shared/time.ts';
import type { Host } from './host/host.ts';
import type { Probe } from './probes/probe.ts';

export interface RoundsOptions {
  readonly host: Host;
  readonly probes: readonly Probe[];
  readonly matcher: Matcher;
  readonly keyedHash: (text: string) => string;
  readonly policy: () => Policy;
  /** Facts that were true when the agent last stopped, and when it was last alive. */
  readonly recall: readonly Fact[];
  readonly lastAlive?: Instant;
  /** For the `agent` fact. */
  readonly about: { readonly version: string; readonly catalog: string; readonly boot: string };
  emit(changes: readonly TimedChange[]): void;
  /** Called at most once a minute, so that `lastAlive` can be kept. */
  alive(at: Instant): void;
  readonly log: RoundsLog;
}

export interface RoundsLog {
  warn(fields: object, message: string): void;
  debug(fields: object, message: string): void;
}

export interface Rounds extends AsyncDisposable {
  /** Resolves when every probe has run once more. */
  once(): Promise<void>;
}

/** Runs every probe at its own pace and tells what changed. */
export function startRounds(_options: RoundsOptions): Rounds {
  throw new Error('not yet');
}

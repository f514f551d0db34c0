import type { Matcher } from '../../shared/catalog/match.ts';
import type { Fact, FactKind } from '../../shared/facts.ts';
import type { TimedChange } from '../../shared/observation.ts';
import type { Policy } from '../../shared/policy.ts';
import type { Instant } from '../../shared/time.ts';
import type { Host } from '../host/host.ts';

/** Looks at one side of the machine and tells which facts are true now. It keeps nothing, compares nothing, sends nothing. */
export interface Probe {
  readonly name: string;
  /** What it alone tells of: no two probes share a kind, so that a fact it no longer sees has ended. */
  readonly kinds: readonly FactKind[];
  readonly everySeconds: number;
  readonly timeoutMs: number;
  /** For the contractor, in plain words: what is read … */
  readonly reads: string;
  /** … and what never is. */
  readonly never: string;
  /** The right it needs beyond an ordinary account's, and what is missed without. */
  readonly needs?: string;
  /** All facts or an error: a partial answer would end what was only not seen. */
  run(context: ProbeContext): Promise<readonly Fact[] | Look>;
}

/** For probes that also tell of what is over: facts of an hour, and what came and went between two looks. */
export interface Look {
  readonly facts: readonly Fact[];
  /** In the order in which it happened. Each is given once. */
  readonly past: readonly TimedChange[];
}

export interface ProbeContext {
  readonly host: Host;
  readonly matcher: Matcher;
  /** HMAC under the organization key, as `keyedHashSchema` wants it. */
  readonly keyedHash: (text: string) => string;
  readonly policy: Policy;
  /** When the agent was last alive before it was started, if ever. */
  readonly lastAlive?: Instant;
  /** Aborted at the probe's timeout and when the agent stops. */
  readonly signal: AbortSignal;
}

import type { Setup } from '../../shared/api/setup.ts';
import type { RuleDoc, Status } from '../../shared/api.ts';
import type { Catalog } from '../../shared/catalog/schema.ts';
import type { ExportDesk } from '../audit/export-desk.ts';
import type { ScheduleBook } from '../audit/schedule-book.ts';
import type { Clock } from '../clock.ts';
import type { Proposed } from '../detector/proposed.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Eraser } from '../retention/eraser.ts';
import type { Store } from '../store/store.ts';
import type { Attempts } from './attempts.ts';
import type { FeedTail } from './feed-tail.ts';
import type { Lockout } from './lockout.ts';
import type { Looks } from './looks.ts';
import type { SignInProvider } from './oidc.ts';
import type { PasswordCost, Passwords } from './passwords.ts';
import type { Sealer } from './sealed-cookie.ts';

/** What the composition root knows of the collector; counts and cursor come from the store. */
export type About = Omit<Status, 'counts' | 'cursor'>;

export interface ApiOptions {
  readonly store: Store;
  /** Measures links, sessions and rates. People live in real time, also while a simulation is shown. */
  readonly clock: Clock;
  readonly log: Log;
  readonly about: () => About;
  readonly ruleDoc: (ruleId: string) => RuleDoc | undefined;
  /** What rosters may name. */
  readonly catalog: Catalog;
  /** What is configured and how the collector stands, for administrators. */
  readonly setup: () => Promise<Setup>;
  /** What proposed exceptions and settings would do. */
  readonly proposed: Proposed;
  /** What enrollment tokens tell agents: where to go, and which key speaks there. */
  readonly enrollAt: () => { readonly url: string; readonly pin?: string | undefined };
  /** True behind TLS: cookies are then `__Host-` and Secure. */
  readonly secureCookies: boolean;
  /** The peer's address, as the connection or a configured proxy tells it; for rates and the action log. */
  readonly clientAddress: (request: Request) => string;
  /** Who looked at what. */
  readonly looks: Looks;
  /** Where people reach the collector: links and the way back from an identity provider begin with it. */
  readonly publicUrl: () => string;
  /** The identity provider, where one is configured. */
  readonly provider?: SignInProvider;
  readonly passwordCost?: PasswordCost;
  /** Makes audit packs; without it there are none. */
  readonly exports?: ExportDesk;
  /** Packs that are made by the clock; without it there are none. */
  readonly schedules?: ScheduleBook;
  /** For Prometheus; without it there are none. `fromLoopback` tells whether this machine's own programs need no token. */
  readonly metrics?: { readonly of: Metrics; readonly fromLoopback: boolean };
  /** Carries out erasures; without it they wait for the next start. */
  readonly eraser?: Pick<Eraser, 'wake'>;
  /** The built console; without it only the API answers. */
  readonly consoleDir?: string;
  /** Ends all feeds, so that a stopping server is not held open by them. */
  readonly stopping?: AbortSignal;
  readonly feed?: Partial<FeedLimits>;
}

/** What handlers work with: the options, and what one running API remembers. */
export interface Api extends ApiOptions {
  readonly attempts: Attempts;
  /** Rosters that are read, by account. */
  readonly rosters: Attempts;
  readonly lockout: Lockout;
  readonly passwords: Passwords;
  readonly sealer: Sealer;
  readonly feedLimits: FeedLimits;
  readonly tail: FeedTail;
  /** Feeds that are open now, each with its account. */
  readonly readers: Map<object, string>;
}

export interface FeedLimits {
  /** Streams open at one time. */
  readonly readers: number;
  /** Of them, for one account. */
  readonly readersOfAccount: number;
  /** How often another process's writes are looked for. */
  readonly pollMs: number;
  /** Entries that come in quick succession are sent together, so often at most. */
  readonly gatherMs: number;
  readonly keepAliveMs: number;
  /** A reader that takes nothing for so long is cut. */
  readonly slowAfterMs: number;
  /** How long a reader that was cut may take to notice before its connection is broken. */
  readonly graceMs: number;
}

export const FEED_LIMITS: FeedLimits = {
  readers: 500,
  readersOfAccount: 20,
  pollMs: 1_000,
  gatherMs: 50,
  keepAliveMs: 15_000,
  slowAfterMs: 30_000,
  graceMs: 5_000,
};

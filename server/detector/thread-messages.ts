import type { ErrorCode, ErrorContext } from '../../shared/errors.ts';
import type { Outcome } from './outcome.ts';

/** What the collector starts the detector's thread with. */
export interface ThreadData {
  readonly dataDir: string;
  readonly logLevel: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Failure {
  readonly code: ErrorCode;
  readonly context: ErrorContext;
}

/** From the collector to the detector's thread. */
export type ToThread =
  | { readonly type: 'dirty' }
  | { readonly type: 'settle'; readonly id: number }
  | { readonly type: 'kept'; readonly id: number; readonly failure?: Failure }
  | { readonly type: 'stop' };

/** From the detector's thread to the collector, which alone writes. */
export type FromThread =
  | { readonly type: 'keep'; readonly id: number; readonly outcome: Outcome }
  | { readonly type: 'settled'; readonly id: number; readonly failure?: Failure }
  | { readonly type: 'log'; readonly line: string };

import type { Manifest } from '../../shared/pack.ts';

/** What is wrong, and where. `tampered` says that something is not as it was signed; `incomplete` that something is missing unexplained. */
export interface Trouble {
  readonly kind: 'tampered' | 'incomplete' | 'unreadable';
  readonly says: string;
  readonly file?: string;
  readonly endpoint?: string;
  /** Which one of the file: a row, or a batch by its spool and numbers. */
  readonly record?: string;
}

export const OUTCOMES = ['verified', 'tampered', 'incomplete', 'unreadable'] as const;

/** In the order of their exit codes. */
export type PackOutcome = (typeof OUTCOMES)[number];

export interface Verdict {
  readonly outcome: PackOutcome;
  readonly troubles: readonly Trouble[];
  /** As many as were found; not all of them are named. */
  readonly troubleCount: number;
  readonly manifest: Omit<Manifest, 'tables' | 'files'> | undefined;
  readonly signer: Signer | undefined;
  readonly checked: Checked;
  /** What holds, but whoever reads this should know. */
  readonly notes: readonly string[];
}

export interface Signer {
  readonly publicKey: string;
  readonly fingerprint: string;
  /** `given` and `vouched` by the key that was given; `unconfirmed` when none was. */
  readonly trust: 'given' | 'vouched' | 'unconfirmed' | 'foreign';
}

export interface Checked {
  files: number;
  bytes: number;
  rows: number;
  endpoints: number;
  spools: number;
  batches: number;
  observations: number;
  /** Numbers missing between batches, all explained by the gap ledger. */
  explained: number;
  /** Batches that are there by their seals alone, since what they said was erased. */
  erased: number;
  days: number;
  actions: number;
  /** Rows of the action log that are there by their hash alone. */
  hidden: number;
}

export function nothingChecked(): Checked {
  return {
    ...{ files: 0, bytes: 0, rows: 0, endpoints: 0, spools: 0, batches: 0 },
    ...{ observations: 0, explained: 0, erased: 0, days: 0, actions: 0, hidden: 0 },
  };
}

const MOST_NAMED = 100;

/** Where checks say what they find. */
export interface Findings {
  readonly named: readonly Trouble[];
  readonly count: number;
  tampered(says: string, where?: Where): void;
  incomplete(says: string, where?: Where): void;
  unreadable(says: string, where?: Where): void;
  outcome(): PackOutcome;
}

export type Where = Omit<Trouble, 'kind' | 'says'>;

export function newFindings(): Findings {
  const named: Trouble[] = [];
  const kinds = new Set<Trouble['kind']>();
  let count = 0;
  const note =
    (kind: Trouble['kind']) =>
    (says: string, where: Where = {}) => {
      count += 1;
      kinds.add(kind);
      if (named.length < MOST_NAMED) named.push({ kind, says, ...where });
    };
  return {
    named,
    get count() {
      return count;
    },
    tampered: note('tampered'),
    incomplete: note('incomplete'),
    unreadable: note('unreadable'),
    outcome: () =>
      (['unreadable', 'tampered', 'incomplete'] as const).find((kind) => kinds.has(kind)) ?? 'verified',
  };
}

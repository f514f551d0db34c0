import { modelOf } from './key.ts';

/** What an endpoint said that its spool holds, kept outside of it: a restored copy or a damaged file cannot change that. */
export interface Witness {
  begin(run: number): void;
  /** A line of the endpoint's process. */
  readonly line: (text: string) => void;
  /** How many observations are in the spool by its own word, of all starts. */
  readonly told: () => number;
  /** Each of them. */
  all(): Generator<Told>;
  /** Where the story stands now, to be compared with later. */
  mark(): Mark;
  /** What was told between this mark and now is destroyed, as far as it was not delivered. */
  destroySince(mark: Mark): void;
  /** Whether that happened to it. */
  isDestroyed(told: Told): boolean;
  readonly restores: () => number;
}

export interface Told {
  readonly run: number;
  readonly number: number;
  readonly key: string;
  readonly epoch: string;
  readonly seq: number;
}

interface Stretch {
  readonly run: number;
  readonly from: number;
  readonly to: number;
  readonly epoch: string;
  readonly seq: number;
}

/** How many stretches there were. */
export type Mark = number;

export function witness(): Witness {
  const stretches: Stretch[] = [];
  const destroyed: { readonly from: Mark; readonly until: Mark }[] = [];
  let current = 0;
  let total = 0;
  return {
    begin(run) {
      current = run;
    },
    line(text) {
      const match = /^(\d+) (\d+) ([0-9a-f]{32}) (\d+)$/.exec(text);
      if (!match) return;
      const [from = 0, to = 0, seq = 0] = [match[1], match[2], match[4]].map(Number);
      stretches.push({ run: current, from, to, epoch: match[3] ?? '', seq });
      total += to - from + 1;
    },
    told: () => total,
    *all() {
      for (const { run, from, to, epoch, seq } of stretches) {
        for (let number = from; number <= to; number += 1)
          yield { run, number, key: modelOf(run, number), epoch, seq: seq + number - from };
      }
    },
    mark: () => stretches.length,
    destroySince(mark) {
      destroyed.push({ from: mark, until: stretches.length });
    },
    isDestroyed({ run, number }) {
      const index = stretches.findIndex(
        (stretch) => stretch.run === run && stretch.from <= number && number <= stretch.to,
      );
      return destroyed.some(({ from, until }) => from <= index && index < until);
    },
    restores: () => destroyed.length,
  };
}

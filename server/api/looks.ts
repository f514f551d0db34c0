import { codedError } from '../../shared/errors.ts';
import { MINUTE } from '../../shared/time.ts';
import type { Log } from '../log.ts';
import { appendActions } from '../store/actions.ts';
import type { By } from '../store/proposals.ts';
import type { Store } from '../store/store.ts';

/** What a look is at: the noun of `contractor.view` and the like. */
export type Looked = 'contractor' | 'endpoint' | 'finding' | 'case' | 'place';

export interface Look {
  /** Session or token that looked. */
  readonly by: By & { readonly through: string };
  readonly at: Looked;
  readonly subject: string;
  readonly now: number;
}

/** Keeps on the action log who looked at whose raw data. Disposing waits for what is not kept yet. */
export interface Looks extends AsyncDisposable {
  /** Kept soon, after the answer; once in ten minutes for the same eyes and the same subject, since views refresh by themselves. */
  note(look: Look): void;
  /** Resolves when all that was noted is kept. */
  settled(): Promise<void>;
}

const ONCE_IN_MS = 10 * MINUTE;
const MOST_REMEMBERED = 10_000;

export function openLooks({ store, log }: { readonly store: Store; readonly log: Log }): Looks {
  const seen = new Map<string, number>();
  let waiting: Look[] = [];
  let keeping = Promise.resolve();

  const keep = async () => {
    const looks = waiting;
    waiting = [];
    if (looks.length === 0) return;
    try {
      await store.db.transaction().execute((trx) => appendActions(trx, looks.map(actionOf)));
    } catch (error) {
      const who = looks.map(({ by, at, subject }) => `${by.actor} ${at} ${subject}`).slice(0, 20);
      log.error({ err: codedError(error), looks: looks.length, who }, 'looks are missing on the action log');
    }
  };

  const settled = () => keeping;
  return {
    note: (look) => {
      const key = [look.by.through, look.at, look.subject].join(' ');
      const last = seen.get(key);
      if (last !== undefined && look.now - last < ONCE_IN_MS) return;
      seen.delete(key);
      seen.set(key, look.now);
      const [oldest] = seen.keys();
      if (seen.size > MOST_REMEMBERED && oldest !== undefined) seen.delete(oldest);
      waiting.push(look);
      keeping = keeping.then(keep);
    },
    settled,
    [Symbol.asyncDispose]: settled,
  };
}

function actionOf({ by: { actor, source, at, through }, at: noun, subject }: Look) {
  return { actor, source, at, action: `${noun}.view`, subject, detail: { through } };
}

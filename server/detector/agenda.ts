import { HOUR, type Instant, instant, MINUTE } from '../../shared/time.ts';
import type { Judgement } from '../detect/engine.ts';
import type { Subject } from '../store/dirty.ts';

/** What the detector remembers between rounds; all of it can be lost, for a start judges everybody. */
export interface Agenda {
  /** Adds subjects to be judged when nothing is marked. */
  queue(subjects: readonly Subject[]): void;
  /** Judges a subject again at this moment; undefined forgets it. */
  again(subject: Subject, at: Instant | undefined): void;
  /** Takes up to `most` subjects whose time has come. */
  due(now: number, most: number): readonly Subject[];
  /** Keys of the subjects that failed and wait for their next attempt. */
  aside(now: number): ReadonlySet<string>;
  /** Sets a subject aside: for a minute, then twice as long each time, an hour at most. */
  failed(subject: Subject, now: number): { readonly first: boolean; readonly until: number };
  succeeded(subject: Subject): void;
  /** The failures of rules that the last judgement of this subject did not have. */
  newFailures(subject: Subject, failures: Judgement['failures']): Judgement['failures'];
}

export function keyOf({ scope, subject }: Subject): string {
  return `${scope}|${subject}`;
}

interface Aside {
  readonly subject: Subject;
  readonly times: number;
  readonly until: number;
}

export function agendaOf(): Agenda {
  const queued = new Map<string, Subject>();
  const later = new Map<string, { readonly subject: Subject; readonly at: Instant }>();
  const asides = new Map<string, Aside>();
  const failing = new Map<string, ReadonlySet<string>>();

  return {
    queue(subjects) {
      for (const subject of subjects) queued.set(keyOf(subject), subject);
    },
    again(subject, at) {
      if (at === undefined) later.delete(keyOf(subject));
      else later.set(keyOf(subject), { subject, at });
    },
    due(now, most) {
      const moment = instant(now);
      for (const [key, { subject, at }] of later) {
        if (at > moment) continue;
        later.delete(key);
        queued.set(key, subject);
      }
      const taken = [...queued].filter(([key]) => (asides.get(key)?.until ?? now) <= now).slice(0, most);
      for (const [key] of taken) queued.delete(key);
      return taken.map(([, subject]) => subject);
    },
    aside: (now) => new Set([...asides].flatMap(([key, { until }]) => (until > now ? [key] : []))),
    failed(subject, now) {
      const times = (asides.get(keyOf(subject))?.times ?? 0) + 1;
      const until = now + Math.min(HOUR, MINUTE * 2 ** (times - 1));
      asides.set(keyOf(subject), { subject, times, until });
      return { first: times === 1, until };
    },
    succeeded: (subject) => asides.delete(keyOf(subject)),
    newFailures(subject, failures) {
      const before = failing.get(keyOf(subject));
      if (failures.length === 0) failing.delete(keyOf(subject));
      else failing.set(keyOf(subject), new Set(failures.map(({ rule }) => rule)));
      return failures.filter(({ rule }) => !before?.has(rule));
    },
  };
}

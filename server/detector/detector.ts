import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { CATALOG } from '../../shared/catalog/index.ts';
import type { Catalog } from '../../shared/catalog/schema.ts';
import { codedError } from '../../shared/errors.ts';
import type { FactKind } from '../../shared/facts.ts';
import type { Finding } from '../../shared/finding.ts';
import { HOUR, instant } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import { type Judgement, judge } from '../detect/engine.ts';
import { kindsOf, type Rule } from '../detect/rule.ts';
import { RULES } from '../detect/rules/index.ts';
import type { Log } from '../log.ts';
import { type Claim, claimDirty, type Subject } from '../store/dirty.ts';
import { findingsAbout } from '../store/findings.ts';
import type { Store } from '../store/store.ts';
import { subjectsInTime } from '../store/timelines.ts';
import { type Agenda, agendaOf, keyOf } from './agenda.ts';
import { LOOK_BACK, loadTimeline } from './load-timeline.ts';
import { type Outcome, writeOutcome } from './outcome.ts';
import { reconcile } from './reconcile.ts';
import { rulingsOf } from './rulings.ts';

export interface DetectorOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules?: readonly Rule[];
  readonly catalog?: Catalog;
  /** Rule id → settings of the configuration; what people approved since counts for more, defaults fill the rest. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Writes what judging gave, all of it or nothing; by itself the detector does so in a transaction on `store`. */
  readonly keep?: (outcome: Outcome) => Promise<void>;
}

export interface Detector extends AsyncDisposable {
  /** Resolves when nothing waits to be judged but what was set aside; rejects when the store fails. */
  settled(): Promise<void>;
}

const BATCH = 64;
/** Few, so that what is judged is as new as can be, and rests between them are short. */
const CLAIMS = 8;
const POLL_MS = 1_000;
const MOST_PAUSE_MS = 500;
const GROUP_MS = 20;

interface Loop {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules: readonly Rule[];
  readonly ruleIds: ReadonlySet<string>;
  readonly kinds: ReadonlySet<FactKind>;
  readonly catalog: Catalog;
  readonly rulings: ReturnType<typeof rulingsOf>;
  readonly agenda: Agenda;
  readonly keep: (outcome: Outcome) => Promise<void>;
  readonly groupMs: number;
  stopping: boolean;
  sweptAt: number;
}

/**
 * Judges what is dirty: at once when the store's bell rings, else within a second, for other processes mark subjects too. Once
 * an hour everybody is judged again, since time alone may change a judgement. Throws SETTINGS_INVALID.
 */
export function startDetector(options: DetectorOptions): Detector {
  const { store, clock, log, rules = RULES, catalog = CATALOG } = options;
  const loop: Loop = {
    ...{ store, clock, log, rules, catalog },
    ruleIds: new Set(rules.map(({ id }) => id)),
    kinds: kindsOf(rules),
    rulings: rulingsOf({ rules, configured: options.settings, log }),
    agenda: agendaOf(),
    // Who keeps for us has commits to share, and does better with little at a time.
    groupMs: options.keep ? 0 : GROUP_MS,
    keep: options.keep ?? ((outcome) => keepIn(store, clock, outcome)),
    stopping: false,
    sweptAt: Number.NEGATIVE_INFINITY,
  };
  let running: Promise<void> | undefined;
  let rung = false;
  let failed = false;

  const run = async (): Promise<void> => {
    try {
      while (rung && !loop.stopping) {
        rung = false;
        await judgeAll(loop);
      }
      if (failed) log.info('judging resumed');
      failed = false;
    } finally {
      // In the same turn as the last look at `rung`, so that no ring falls between.
      running = undefined;
    }
  };
  const wake = (): Promise<void> => {
    rung = true;
    running ??= run();
    return running;
  };
  const nudge = (): void => {
    wake().catch((error: unknown) => {
      if (!failed) log.error({ err: codedError(error) }, 'judging paused, the store failed');
      failed = true;
    });
  };
  const deaf = store.dirty.listen(nudge);
  const poll = setInterval(nudge, POLL_MS);
  nudge();

  return {
    settled: wake,
    async [Symbol.asyncDispose]() {
      loop.stopping = true;
      clearInterval(poll);
      deaf();
      await running?.catch((error: unknown) => {
        log.warn({ err: codedError(error) }, 'judging ended with an error');
      });
    },
  };
}

/** Judges until nothing is left. What is marked comes before what only time may have changed. */
async function judgeAll(loop: Loop): Promise<void> {
  const { agenda, clock, store } = loop;
  if (clock() - loop.sweptAt >= HOUR || clock() < loop.sweptAt) {
    loop.sweptAt = clock();
    agenda.queue(await subjectsInTime(store.db, instant(clock() - LOOK_BACK)));
  }
  let spentMs = 0;
  while (!loop.stopping) {
    const asideNow = agenda.aside(clock());
    const marked = await claimDirty(store.db, CLAIMS + asideNow.size);
    const claims = marked.filter((claim) => !asideNow.has(keyOf(claim)));
    if (claims.length > 0) {
      // A quarter of the time at most: while marks keep coming, sockets and commits go first, and subjects coalesce.
      if (spentMs > 0) await pause(Math.min(MOST_PAUSE_MS, 3 * spentMs));
      spentMs = await judgeGroup(loop, claims);
    } else {
      const subjects = agenda.due(clock(), BATCH);
      if (subjects.length === 0) return;
      await judgeGroup(loop, subjects);
    }
  }
}

/** One subject's judgement, to be committed with its mark. Swept subjects have no mark. */
interface Judged {
  readonly subject: Subject;
  readonly claim?: Claim;
  readonly changed: readonly Finding[];
}

/**
 * Judges a group and commits as it goes: each commit waits for the disk, so judgements of a few milliseconds share one. Gives the
 * milliseconds it took, without those in which sockets had their turn.
 */
async function judgeGroup(loop: Loop, subjects: readonly (Claim | Subject)[]): Promise<number> {
  let waiting: Judged[] = [];
  let spentMs = 0;
  let sinceCommitMs = 0;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    spentMs += performance.now() - started;
    sinceCommitMs += performance.now() - started;
    return result;
  };
  for (const subject of subjects) {
    if (loop.stopping) break;
    // The database answers without a turn of the event loop; sockets need theirs.
    await setImmediate();
    const judgement = await timed(() => judgeOne(loop, subject));
    if (judgement) waiting.push(judgement);
    if (sinceCommitMs < loop.groupMs) continue;
    await timed(() => commit(loop, waiting));
    waiting = [];
    sinceCommitMs = 0;
  }
  if (waiting.length > 0) await timed(() => commit(loop, waiting));
  return spentMs;
}

/** Undefined when it failed and the subject was set aside. */
async function judgeOne(loop: Loop, subject: Claim | Subject): Promise<Judged | undefined> {
  const changed = await orAside(loop, subject, () => judged(loop, subject));
  return changed && { subject, changed, ...('mark' in subject && { claim: subject }) };
}

/** One transaction for all; when that fails, one for each, so that a bad subject takes no other with it. */
async function commit(loop: Loop, judgements: readonly Judged[]): Promise<void> {
  const { agenda, log } = loop;
  let done = judgements;
  try {
    await write(loop, judgements);
  } catch (error) {
    log.debug({ err: codedError(error), subjects: judgements.length }, 'judgements are committed one by one');
    const tries = [];
    for (const one of judgements)
      tries.push(await orAside(loop, one.subject, () => write(loop, [one]).then(() => one)));
    done = tries.filter((one) => one !== undefined);
  }
  for (const { subject } of done) agenda.succeeded(subject);
}

async function write({ keep }: Loop, judgements: readonly Judged[]): Promise<void> {
  const changed = judgements.flatMap((one) => one.changed);
  const claims = judgements.flatMap(({ claim }) => claim ?? []);
  if (changed.length + claims.length > 0) await keep({ changed, claims });
}

async function keepIn(store: Store, clock: Clock, outcome: Outcome): Promise<void> {
  await store.db.transaction().execute((trx) => writeOutcome(trx, instant(clock()), outcome));
  if (outcome.changed.length > 0) store.feed.ring();
}

/** Does work for a subject; when it fails, the subject waits and the others go on. Throws only what concerns the whole store. */
async function orAside<T>(
  loop: Loop,
  { scope, subject }: Subject,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const { agenda, clock, log } = loop;
  try {
    return await work();
  } catch (error) {
    const coded = codedError(error);
    if (coded.code === 'STORE_FULL' || coded.code === 'STORE_LOCKED') throw coded;
    const { first, until } = agenda.failed({ scope, subject }, clock());
    if (first)
      log.error(
        { scope, subject, err: coded, until: instant(until) },
        'subject could not be judged, set aside',
      );
    return undefined;
  }
}

async function judged(loop: Loop, { scope, subject }: Subject): Promise<readonly Finding[]> {
  const { store, clock, rules, ruleIds, catalog, agenda } = loop;
  const timeline = await loadTimeline(store.db, { scope, subject }, { now: clock(), kinds: loop.kinds });
  if (!timeline) return [];
  const judgement = judge(timeline, { rules, catalog, ...(await loop.rulings(store.db)) });
  agenda.again({ scope, subject }, judgement.again);
  tellFailures(loop, { scope, subject }, judgement);
  return reconcile(await findingsAbout(store.db, scope, subject), { timeline, judgement, rules: ruleIds });
}

function tellFailures({ agenda, log }: Loop, subject: Subject, { failures }: Judgement): void {
  for (const { rule, error } of agenda.newFailures(subject, failures)) {
    log.error(
      { ...subject, ruleId: rule, err: codedError(error) },
      'rule failed, undetermined for this subject',
    );
  }
}

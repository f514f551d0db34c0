import { appendFile, open } from 'node:fs/promises';
import { CodedError, codedError } from '../../shared/errors.ts';
import type { DayRoot } from '../../shared/pack.ts';
import { instant, SECOND } from '../../shared/time.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import { noteAnchored, unanchored } from '../store/day-roots.ts';
import type { Db } from '../store/store.ts';

/** A place outside, where roots of days are written so that whoever runs the collector cannot sign its past anew unseen. */
export interface Anchor {
  /** What the store remembers it by. */
  readonly target: string;
  write(line: string, signal: AbortSignal): Promise<void>;
}

export function anchorsOf({ anchors = {} }: Pick<Config, 'anchors'>): readonly Anchor[] {
  const { file, webhook } = anchors;
  return [
    ...(file === undefined
      ? []
      : [{ target: `file:${file}`, write: (line: string) => appended(file, line) }]),
    ...(webhook === undefined
      ? []
      : [
          {
            target: `webhook:${webhook}`,
            write: (line: string, signal: AbortSignal) => posted(webhook, line, signal),
          },
        ]),
  ];
}

/** One line of an anchor: enough to tell whether a pack's day is the one that was signed then. */
function anchorLine({ day, hash, publicKey, signature }: DayRoot): string {
  return `${JSON.stringify({ day, hash, publicKey, signature })}\n`;
}

/** Writes what each anchor does not have yet, oldest first, each once it was taken; gives how many days wait for an anchor still. */
export async function anchorDays(
  db: Db,
  {
    anchors,
    clock,
    log,
    signal,
  }: {
    readonly anchors: readonly Anchor[];
    readonly clock: Clock;
    readonly log: Log;
    readonly signal: AbortSignal;
  },
): Promise<number> {
  let waiting = 0;
  for (const anchor of anchors) {
    const days = await unanchored(db, anchor.target);
    let done = 0;
    try {
      for (const root of days) {
        signal.throwIfAborted();
        await anchor.write(anchorLine(root), signal);
        await noteAnchored(db, anchor.target, { day: root.day, at: instant(clock()) });
        done += 1;
      }
    } catch (error) {
      if (!signal.aborted)
        log.warn(
          { err: codedError(error, 'ANCHOR_FAILED'), target: anchor.target, waiting: days.length - done },
          'roots of days were not anchored, the next round tries again',
        );
    }
    waiting = Math.max(waiting, days.length - done);
  }
  return waiting;
}

async function appended(path: string, line: string): Promise<void> {
  await appendFile(path, line, { mode: 0o644 });
  await using file = await open(path, 'r');
  await file.sync();
}

const WEBHOOK_TIMEOUT_MS = 10 * SECOND;

async function posted(url: string, line: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    body: line,
    headers: { 'content-type': 'application/json' },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(WEBHOOK_TIMEOUT_MS)]),
  });
  await response.body?.cancel();
  if (!response.ok) throw new CodedError('ANCHOR_FAILED', { status: response.status });
}

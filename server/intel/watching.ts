import { codedError } from '../../shared/errors.ts';
import type { Log } from '../log.ts';
import type { FileState } from './file-state.ts';
import type { SourceFile } from './source-file.ts';

export interface Watching {
  readonly files: readonly Pick<SourceFile<unknown>, 'refresh'>[];
  readonly everyMs: number;
  /** What the files are worth now. */
  states(): readonly FileState[];
  /** Something else is in force. */
  changed(): void;
  readonly log: Log;
}

/**
 * Looks at the files from time to time. Not by the system's notices: those miss network file systems and the symbolic links that
 * containers swap, and say nothing of a file that is still being written.
 */
export function watchFiles({ files, everyMs, states, changed, log }: Watching): AsyncDisposable {
  const told = new Set<string>();
  warnOfStale(states(), told, log);
  if (files.length === 0) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  let running: Promise<void> | undefined;
  const round = async (): Promise<void> => {
    for (const file of files) if (await file.refresh()) changed();
    warnOfStale(states(), told, log);
  };
  const timer = setInterval(() => {
    running ??= round()
      .catch((error: unknown) => {
        log.warn(
          { err: codedError(error) },
          'data about addresses was not looked at, the next round tries again',
        );
      })
      .finally(() => {
        running = undefined;
      });
  }, everyMs);
  timer.unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Once for each age of a file: a fresh one may grow stale in turn. */
function warnOfStale(states: readonly FileState[], told: Set<string>, log: Log): void {
  for (const { path, madeAt, stale, ageDays, name } of states) {
    const age = `${path} ${madeAt}`;
    if (!stale || told.has(age)) continue;
    told.add(age);
    log.warn({ code: 'INTEL_FILE_STALE', file: path, list: name, ageDays }, 'a list of networks is stale');
  }
}

import { stat } from 'node:fs/promises';
import { CodedError, type ErrorCode } from '../../shared/errors.ts';
import type { Log } from '../log.ts';

/** What is in force from one configured path. */
export interface SourceFile<T> {
  readonly purpose: string;
  readonly path: string;
  readonly current: T | undefined;
  /** When the data in force was written. */
  readonly modifiedAt: number | undefined;
  /** Why what lies there now is not in force. */
  readonly refused: string | undefined;
  /** Looks once. True when something else is in force than before. */
  refresh(): Promise<boolean>;
}

export interface SourceFileOptions<T> {
  readonly purpose: string;
  readonly path: string;
  /** The files behind the path; throws when there are none. */
  readonly files?: (path: string) => Promise<readonly string[]>;
  readonly maxBytes: number;
  /** Throws for a file that is not sound. `first` while nothing is in force yet. */
  readonly load: (files: readonly string[], first: boolean) => Promise<T>;
  readonly log: Log;
}

/**
 * Takes new data whole or not at all: what lies there must stay the same from one look to the next (so a file that is being written is
 * left alone) and while it is read, and load without complaint. Otherwise the old stays in force, and each cause is told once.
 */
export async function openSourceFile<T>(options: SourceFileOptions<T>): Promise<SourceFile<T>> {
  const file = new Watched(options);
  await file.take(await file.seen());
  return file;
}

interface Seen {
  readonly print: string;
  readonly files: readonly string[];
  readonly modifiedAt: number;
  readonly problem?: Error;
}

class Watched<T> implements SourceFile<T> {
  readonly purpose: string;
  readonly path: string;
  current: T | undefined;
  modifiedAt: number | undefined;
  refused: string | undefined;
  readonly #options: SourceFileOptions<T>;
  #inForce = '';
  #refusedPrint = '';
  #pending = '';

  constructor(options: SourceFileOptions<T>) {
    this.#options = options;
    this.purpose = options.purpose;
    this.path = options.path;
  }

  async refresh(): Promise<boolean> {
    const seen = await this.seen();
    if (seen.print === this.#inForce) {
      this.#pending = '';
      this.#refusedPrint = '';
      this.refused = undefined;
      return false;
    }
    if (seen.print === this.#refusedPrint) return false;
    if (seen.print !== this.#pending) {
      this.#pending = seen.print;
      return false;
    }
    return this.take(seen);
  }

  async seen(): Promise<Seen> {
    const { path, files, maxBytes } = this.#options;
    try {
      const all = files ? await files(path) : [path];
      const stats = await Promise.all(all.map((file) => stat(file)));
      if (stats.some(({ size }) => size > maxBytes))
        throw new CodedError('FILE_UNREADABLE', { path, reason: `larger than ${maxBytes} bytes` });
      return {
        files: all,
        print: stats.map(({ ino, size, mtimeMs }, at) => `${all[at]}|${ino}|${size}|${mtimeMs}`).join('\n'),
        modifiedAt: Math.min(...stats.map(({ mtimeMs }) => mtimeMs)),
      };
    } catch (error) {
      const problem = error instanceof Error ? error : new Error(String(error));
      return { print: `! ${problem.message}`, files: [], modifiedAt: 0, problem };
    }
  }

  async take(seen: Seen): Promise<boolean> {
    try {
      if (seen.problem) throw seen.problem;
      const loaded = await this.#options.load(seen.files, this.current === undefined);
      // Still being written: the next looks take it.
      if ((await this.seen()).print !== seen.print) return false;
      this.current = loaded;
      this.modifiedAt = seen.modifiedAt;
      this.#inForce = seen.print;
      this.refused = undefined;
      this.#refusedPrint = '';
      return true;
    } catch (error) {
      this.#refuse(seen, error);
      return false;
    }
  }

  #refuse(seen: Seen, error: unknown): void {
    const { purpose, path, log } = this.#options;
    this.refused = error instanceof Error ? error.message : String(error);
    this.#refusedPrint = seen.print;
    const code: ErrorCode = this.current === undefined ? 'GEO_UNAVAILABLE' : 'INTEL_FILE_REFUSED';
    log.warn(
      { code, purpose, file: path, reason: this.refused },
      this.current === undefined
        ? 'data about addresses cannot be read, what it would tell is unknown'
        : 'new data about addresses is left out, the data before it stays in force',
    );
  }
}

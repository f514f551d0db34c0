import { DAY, instant } from '../../shared/time.ts';
import type { SourceFile } from './source-file.ts';

/** What a configured file is worth now. */
export interface FileState {
  readonly purpose: string;
  readonly path: string;
  /** Name of the data in force; left out while there is none. */
  readonly name?: string;
  /** When what is in force was made, by itself or else by the file's time, and how long ago. */
  readonly madeAt?: string;
  readonly ageDays?: number;
  readonly stale: boolean;
  readonly entries?: number;
  /** Lines that could not be understood, and the first of them. */
  readonly skipped?: { readonly count: number; readonly first: readonly string[] };
  /** Why what lies there now is not in force. */
  readonly refused?: string;
}

/** What is known of loaded data beside what it answers. */
export interface Loaded {
  readonly name: string;
  /** When the data was made, where it says so itself. */
  readonly madeAt?: number;
  readonly entries?: number;
  readonly skipped?: FileState['skipped'];
  /** Why a part of it is left out. */
  readonly refused?: string;
}

export interface Moment {
  readonly now: number;
  /** Age that is too much; left out for data that carries its own date. */
  readonly staleMs?: number | undefined;
}

export function fileState(
  file: SourceFile<Loaded>,
  { now, staleMs = Number.POSITIVE_INFINITY }: Moment,
): FileState {
  const { purpose, path, current, modifiedAt } = file;
  const refused = file.refused ?? current?.refused;
  const madeAt = current?.madeAt ?? modifiedAt;
  const age = madeAt === undefined ? undefined : now - madeAt;
  return {
    purpose,
    path,
    ...(current ? { name: current.name } : {}),
    ...(madeAt === undefined ? {} : { madeAt: instant(Math.floor(madeAt)) }),
    ...(age === undefined ? {} : { ageDays: Math.max(0, Math.floor(age / DAY)) }),
    stale: age !== undefined && age > staleMs,
    ...(current?.entries === undefined ? {} : { entries: current.entries }),
    ...(current?.skipped && current.skipped.count > 0 ? { skipped: current.skipped } : {}),
    ...(refused === undefined ? {} : { refused }),
  };
}

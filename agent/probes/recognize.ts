import type { Matcher } from '../../shared/catalog/match.ts';
import type { Tool } from '../../shared/catalog/schema.ts';
import type { RunningProcess } from '../host/host.ts';
import { isWatched } from './survey.ts';

export interface Recognized {
  readonly tool: Tool;
  readonly name: string;
  readonly weak: boolean;
}

/** A process stays the same object while it runs, so each is compared with the catalog once. */
const remembered = new WeakMap<Matcher, WeakMap<RunningProcess, readonly Recognized[]>>();

/** The watched products whose names a process bears. */
export function recognize(matcher: Matcher, process: RunningProcess): readonly Recognized[] {
  const known = remembered.get(matcher) ?? new WeakMap<RunningProcess, readonly Recognized[]>();
  remembered.set(matcher, known);
  const before = known.get(process);
  if (before) return before;
  const found = process.names.flatMap((name) =>
    matcher
      .match('process', name)
      .filter(({ tool }) => isWatched(tool))
      .map(({ tool, weak }) => ({ tool, name, weak })),
  );
  known.set(process, found);
  return found;
}

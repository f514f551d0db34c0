import type { RunningProcess } from '../host.ts';
import { MAC_COMMANDS } from './commands.ts';
import { linesOf, type Output, unreadable } from './reading.ts';

const MAX_PROCESSES = 5_000;

/** An unchanged process is the same object as the last time. Calls at one time share one reading. */
export function processReader(output: Output): () => Promise<readonly RunningProcess[]> {
  let known: ReadonlyMap<number, Named> = new Map();
  let underWay: Promise<readonly RunningProcess[]> | undefined;

  async function read(): Promise<readonly RunningProcess[]> {
    const paths = pathsIn(await output(MAC_COMMANDS.processes));
    known = new Map(
      [...paths].map(([pid, path]) => {
        const before = known.get(pid);
        return [pid, before?.path === path ? before : { path, process: { pid, names: [nameOf(path)] } }];
      }),
    );
    return [...known.values()].map(({ process }) => process);
  }
  return () => {
    underWay ??= read().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

interface Named {
  readonly path: string;
  readonly process: RunningProcess;
}

/** Lines of a process id and the path of its program, which may hold spaces; the dead that nobody has buried are in parentheses. */
function pathsIn(text: string): ReadonlyMap<number, string> {
  const all = linesOf(text).flatMap((line) => {
    const [, pid, path] = /^\s*(\d+)\s+(\S.*?)\s*$/.exec(line) ?? [];
    return pid && path ? [[Number(pid), path] as const] : [];
  });
  // launchd is there for everybody to see.
  if (!all.some(([pid]) => pid === 1)) throw unreadable('no process 1');
  return new Map(all.filter(([, path]) => !/^\(.*\)$/.test(path)).slice(-MAX_PROCESSES));
}

/** A shell that somebody logged in to calls itself `-zsh`. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/^-/, '');
}

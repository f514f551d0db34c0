import { CodedError } from '../../../shared/errors.ts';
import type { RunningProcess } from '../host.ts';
import { type Files, ifAllowed } from './files.ts';

const MAX_PROCESSES = 5_000;
/** A process is read in its first rounds, in case it was seen between fork and exec, and then now and then. */
const YOUNG_ROUNDS = 3;
const REREAD_ROUNDS = 12;

interface Known {
  readonly process: RunningProcess;
  /** As the kernel calls it: 15 bytes, set anew by every exec. */
  readonly comm: string;
  readonly rounds: number;
}

/** Lists process ids at each call and reads mainly the new ones. */
export function processReader(files: Files): () => Promise<readonly RunningProcess[]> {
  let known = new Map<number, Known>();
  let round = 0;
  return async () => {
    round += 1;
    const next = new Map<number, Known>();
    for (const pid of await pidsOf(files)) {
      const before = known.get(pid);
      const due = !before || before.rounds < YOUNG_ROUNDS || (pid + round) % REREAD_ROUNDS === 0;
      next.set(pid, due ? await readAgain(files, pid, before) : before);
    }
    known = next;
    return [...known.values()].flatMap(({ process }) => (process.names.length === 0 ? [] : [process]));
  };
}

async function pidsOf(files: Files): Promise<readonly number[]> {
  const entries = (await files.list('/proc')) ?? [];
  const pids = entries
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
  // With the mount option hidepid, other people's processes are simply not listed.
  if (pids[0] !== 1) {
    throw new CodedError('PROBE_DENIED', { path: '/proc', reason: 'processes of others are hidden' });
  }
  return pids.slice(-MAX_PROCESSES);
}

async function readAgain(files: Files, pid: number, before: Known | undefined): Promise<Known> {
  const comm = ((await ifAllowed(files.text(`/proc/${pid}/comm`))) ?? '').trim();
  if (before?.comm === comm) return { ...before, rounds: before.rounds + 1 };
  return { process: { pid, names: await namesOf(files, pid, comm) }, comm, rounds: 1 };
}

/** No names for kernel threads, for the dead that nobody has buried yet, and for a process that is gone. */
async function namesOf(files: Files, pid: number, comm: string): Promise<readonly string[]> {
  const executable = await ifAllowed(files.link(`/proc/${pid}/exe`));
  const [calledAs = ''] = ((await ifAllowed(files.head(`/proc/${pid}/cmdline`, 512))) ?? '').split('\0');
  if (!executable && !calledAs) return [];
  const names = [baseName(executable?.replace(/ \(deleted\)$/, '') ?? ''), baseName(calledAs), comm];
  return [...new Set(names.filter(Boolean))];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

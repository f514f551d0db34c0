import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A small disk in memory that can be made full. */
export interface Disk extends Disposable {
  readonly path: string;
  /** Leaves a few kilobytes of room. False when the disk cannot be made smaller now. */
  fill(): Promise<boolean>;
  empty(): Promise<void>;
}

const SIZE = '2g';
const ROOM_BYTES = 48 * 1024;

/** A tmpfs of its own at `path`; undefined without the rights to mount one. */
export function mountDisk(path: string): Disk | undefined {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', path], { stdio: 'pipe' });
  } catch {
    return undefined;
  }
  const resize = (size: string) => run('mount', ['-o', `remount,size=${size}`, path]);
  return {
    path,
    async fill() {
      const { blocks, bfree, bsize } = statfsSync(path);
      // What was written since then may make the size too small, which the system refuses.
      return await resize(String((blocks - bfree) * bsize + ROOM_BYTES)).then(
        () => true,
        () => false,
      );
    },
    async empty() {
      await resize(SIZE);
    },
    [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', path]),
  };
}

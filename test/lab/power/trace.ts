import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';

/** What a program did to its files, in order, and what it said on stdout in between. */
export type Step =
  | { readonly does: 'write'; readonly file: string; readonly at: number; readonly bytes: Buffer }
  | { readonly does: 'truncate'; readonly file: string; readonly size: number }
  | { readonly does: 'remove'; readonly file: string }
  | { readonly does: 'sync'; readonly file: string }
  | { readonly does: 'say'; readonly text: string };

export interface TraceOptions {
  readonly args: readonly string[];
  /** The program is killed after so many lines on stdout. */
  readonly lines: number;
  /** Where the system calls are kept meanwhile. */
  readonly file: string;
  /** Only files whose names begin so. */
  readonly prefix: string;
}

/** Runs a program of Node under strace. Its main thread is enough: node:sqlite works on it. */
export async function traced({ args, lines, file, prefix }: TraceOptions): Promise<readonly Step[]> {
  const calls = 'trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink';
  const strace = ['-y', '-xx', '-s', '70000', '-e', calls, '-e', 'signal=none', '-o', file];
  const child = spawn('strace', [...strace, process.execPath, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let heard = 0;
  for await (const _line of createInterface({ input: child.stdout })) {
    heard += 1;
    if (heard === lines) process.kill(childOf(child.pid ?? 0), 'SIGKILL');
  }
  await ended;
  const steps: Step[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const step = stepOf(line);
    if (step && (step.does === 'say' || step.file.startsWith(prefix))) steps.push(step);
  }
  return steps;
}

/** The program itself: strace would leave it running when it is told to end. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

const CALL = /^(\w+)\((?:(\d+)<([^>]*)>)?(?:, )?(?:"([^"]*)")?(.*)\)\s+= (-?\d+)/;

function stepOf(line: string): Step | undefined {
  const [, call, fd, path = '', text = '', rest = '', result] = CALL.exec(line) ?? [];
  if (call === undefined || Number(result) < 0) return undefined;
  const file = basename(unhex(path).toString());
  if (call === 'write') return fd === '1' ? { does: 'say', text: unhex(text).toString() } : undefined;
  if (call === 'unlink') return { does: 'remove', file: basename(unhex(text).toString()) };
  if (call === 'fsync' || call === 'fdatasync') return { does: 'sync', file };
  if (call === 'ftruncate') return { does: 'truncate', file, size: Number(/\d+/.exec(rest)?.[0]) };
  const at = Number(/(\d+)$/.exec(rest)?.[1]);
  return { does: 'write', file, at, bytes: unhex(text) };
}

function unhex(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}

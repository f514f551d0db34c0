import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program of ours as its own process. Disposing ends it for good. */
export interface Running extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it printed first on stdout; empty for programs that print nothing. */
  readonly firstLine: string;
  /** Resolves when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Waits for a line on stdout: then the program is ready. */
  readonly ready?: boolean;
  readonly input?: string;
}

export async function run(
  args: readonly string[],
  { env = {}, ready = false, input }: RunOptions = {},
): Promise<Running> {
  const child = spawn(process.execPath, [...args], {
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  child.stdin?.end(input);
  const exited = once(child, 'exit');
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  const firstLine = ready ? await lineOf(child, exited, args) : '';
  child.stdout?.resume();
  return { child, pid: child.pid ?? 0, firstLine, kill, [Symbol.asyncDispose]: () => kill() };
}

/** Runs a program to its end and gives what it printed. */
export async function output(
  args: readonly string[],
  { env = {}, input = '' }: RunOptions = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const parts = { stdout: '', stderr: '' };
  child.stdout.on('data', (data) => (parts.stdout += String(data)));
  child.stderr.on('data', (data) => (parts.stderr += String(data)));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code: Number(code), ...parts };
}

async function lineOf(
  child: ChildProcess,
  exited: Promise<unknown[]>,
  args: readonly string[],
): Promise<string> {
  if (!child.stdout) throw new Error('no stdout');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    exited.then(([code]) => {
      throw new Error(`${args.join(' ')} ended with ${String(code)} before it was ready`);
    }),
  ]);
  lines.close();
  return String(line);
}

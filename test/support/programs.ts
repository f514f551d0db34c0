import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer } from 'node:net';

/** The path of a program of the system, or undefined where it is not installed. */
function programPath(name: string): string | undefined {
  return ['/usr/sbin', '/usr/bin', '/sbin', '/bin'].map((folder) => `${folder}/${name}`).find(isExecutable);
}

/** Says why a test cannot run here: programs that are missing, or rights. Undefined where it can. */
export function lacking(programs: readonly string[], { root = false } = {}): string | undefined {
  if (process.platform !== 'linux') return 'only on Linux';
  const missing = programs.filter((name) => !programPath(name));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  return root && process.getuid?.() !== 0 ? 'only as root' : undefined;
}

export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  /** Everything it printed so far, on both streams. */
  printed(): string;
}

/** A program of the system that runs until it is disposed. */
export async function start(name: string, args: readonly string[]): Promise<Program> {
  const child = spawn(programPath(name) ?? name, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let printed = '';
  child.stdout.on('data', (data) => (printed += String(data)));
  child.stderr.on('data', (data) => (printed += String(data)));
  const gone = once(child, 'exit');
  await once(child, 'spawn');
  return {
    child,
    printed: () => printed,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await gone;
      clearTimeout(force);
    },
  };
}

/** Runs a program of the system to its end and gives what it printed. */
export function outputOf(name: string, args: readonly string[]): string {
  return execFileSync(programPath(name) ?? name, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The first of `candidates` that is free on this machine's loopback. */
export async function freePort(candidates: readonly number[]): Promise<number> {
  for (const port of candidates) {
    const server = createServer().listen(port, '127.0.0.1');
    const [outcome] = await Promise.race([
      once(server, 'listening').then(() => ['free']),
      once(server, 'error').then(() => ['taken']),
    ]);
    if (outcome === 'taken') continue;
    const address = server.address();
    server.close();
    await once(server, 'close');
    return typeof address === 'object' && address ? address.port : port;
  }
  throw new Error(`none of the ports is free: ${candidates.join(', ')}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

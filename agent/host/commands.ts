import { execFile } from 'node:child_process';
import { CodedError } from '../../shared/errors.ts';
import { environmentOf } from './environment.ts';
import { systemRoot } from './windows/config.ts';

/**
 * Every program that the agent may start: its absolute path and its fixed arguments, by a name of ours. Nothing that arrives over the
 * wire reaches this file, and no caller can add an argument.
 */
export interface AllowedCommand {
  readonly path: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** The exit code with which the program says that it found nothing, or not all. */
  readonly exitOfNothing?: number;
}

/** Without a shell, with an environment of its own, so that what the user set cannot change the program's language or search path. */
const ENVIRONMENT = environmentOf(process.platform, systemRoot());

let milliseconds = 0;

/** How long programs have run until now, added up. */
export function timeInCommands(): number {
  return milliseconds;
}

/**
 * What a program of the list prints. Throws PROBE_UNSUPPORTED where it is not installed, PROBE_DENIED where it may not be started, and
 * PROBE_FAILED when it fails, hangs or prints more than it may.
 */
export function outputOf(
  { path, args, timeoutMs, maxBytes, exitOfNothing }: AllowedCommand,
  signal?: AbortSignal,
): Promise<string> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const options = {
      timeout: timeoutMs,
      maxBuffer: maxBytes,
      killSignal: 'SIGKILL',
      env: ENVIRONMENT,
      encoding: 'utf8',
      windowsHide: true,
      shell: false,
    } as const;
    execFile(path, [...args], { ...options, ...(signal ? { signal } : {}) }, (error, stdout) => {
      milliseconds += performance.now() - startedAt;
      if (!error || (exitOfNothing !== undefined && error.code === exitOfNothing)) return resolve(stdout);
      reject(new CodedError(codeOf(error.code), { path, reason: reasonOf(error) }, { cause: error }));
    });
  });
}

function codeOf(code: unknown): 'PROBE_UNSUPPORTED' | 'PROBE_DENIED' | 'PROBE_FAILED' {
  if (code === 'ENOENT') return 'PROBE_UNSUPPORTED';
  return code === 'EACCES' || code === 'EPERM' ? 'PROBE_DENIED' : 'PROBE_FAILED';
}

function reasonOf(error: Error & { readonly code?: unknown; readonly killed?: boolean }): string {
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return 'printed too much';
  return error.killed ? 'did not end in time' : `ended with ${String(error.code)}`;
}

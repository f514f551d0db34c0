import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

/** A program that is started again whenever it ends, as a service manager does. */
export interface Supervised extends AsyncDisposable {
  /** Whether it has said on stdout that it is ready since its last start. */
  isReady(): boolean;
  /** Resolves when it next is. */
  ready(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Ends it, does the work while it is down, and starts it again. */
  down(signal: NodeJS.Signals, work?: () => Promise<void>): Promise<void>;
  /** Stops its process for a while. */
  freeze(ms: number): Promise<void>;
  say(line: string): void;
  /** Ends it for good, and resolves when it is gone. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** How often it ended without being told to. */
  readonly ownEnds: () => number;
}

export interface SupervisedOptions {
  /** Arguments of Node, made anew for each start. */
  readonly args: () => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** For a program that prints nothing: it counts as ready after this time. */
  readonly readyAfterMs?: number;
}

const AGAIN_MS = 250;

export function supervise({
  args,
  env = {},
  onLine = () => {},
  readyAfterMs,
}: SupervisedOptions): Supervised {
  let child: ChildProcess;
  let exited: Promise<unknown>;
  let wanted = true;
  let told = false;
  let ends = 0;
  let isReady = false;
  let readiness = Promise.withResolvers<void>();

  const becomeReady = (of: ChildProcess): void => {
    if (isReady || child !== of || of.exitCode !== null || of.signalCode !== null) return;
    isReady = true;
    readiness.resolve();
  };
  const begin = (): void => {
    const started = spawn(process.execPath, [...args()], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    child = started;
    isReady = false;
    told = false;
    readiness = Promise.withResolvers<void>();
    // Writing to a process that was killed meanwhile is no matter here.
    started.stdin.on('error', () => {});
    createInterface({ input: started.stdout }).on('line', (line) => {
      becomeReady(started);
      onLine(line);
    });
    if (readyAfterMs !== undefined) setTimeout(() => becomeReady(started), readyAfterMs).unref();
    // `close` comes after the last line was read.
    exited = once(started, 'close').then(async () => {
      isReady = false;
      if (told || !wanted) return;
      ends += 1;
      await pause(AGAIN_MS);
      if (wanted && child === started) begin();
    });
  };
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    told = true;
    if (!gone()) child.kill(signal);
    await exited;
  };

  begin();
  return {
    isReady: () => isReady,
    async ready() {
      while (!isReady) await Promise.race([readiness.promise, pause(50)]);
    },
    signal: (signal) => void (isReady && child.kill(signal)),
    async down(signal, work = async () => {}) {
      await end(signal);
      try {
        await work();
      } finally {
        if (wanted) begin();
      }
    },
    async freeze(ms) {
      const frozen = child;
      frozen.kill('SIGSTOP');
      await pause(ms);
      frozen.kill('SIGCONT');
    },
    say: (line) => void child.stdin?.write(`${line}\n`),
    async stop(signal) {
      wanted = false;
      await end(signal);
    },
    ownEnds: () => ends,
    async [Symbol.asyncDispose]() {
      wanted = false;
      await end('SIGKILL');
    },
  };
}

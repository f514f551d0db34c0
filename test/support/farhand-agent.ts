import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `farhand-agent` as its own process, with no environment but the given one. */
export function startFarhandAgent(
  args: readonly string[],
  { input = '', env = {}, main = 'agent/main.ts' } = {},
) {
  const child = spawn(process.execPath, [main, ...args], { env: { ...env, NO_COLOR: '1' } });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
  });
  const stdout = text(child.stdout);
  child.stdin.end(input);
  const exitCode = new Promise<number | null>((resolve) => child.once('close', resolve));
  const finished = async (): Promise<Finished> => ({
    exitCode: await exitCode,
    stdout: await stdout,
    stderr,
  });
  return { finished, kill: (signal: NodeJS.Signals) => child.kill(signal), stderr: () => stderr };
}

export function farhandAgent(...args: Parameters<typeof startFarhandAgent>): Promise<Finished> {
  return startFarhandAgent(...args).finished();
}

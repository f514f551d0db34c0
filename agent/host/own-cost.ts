import { readFileSync } from 'node:fs';
import { timeInCommands } from './commands.ts';

/** What the agent has cost so far. */
export interface Cost {
  /** CPU time of this process and of the programs that it started. */
  readonly cpuMs: number;
  readonly memoryMb: number;
}

export function ownCost(): Cost {
  const { user, system } = process.cpuUsage();
  return {
    cpuMs: (user + system) / 1_000 + childrenMs(),
    memoryMb: process.memoryUsage.rss() / 1024 / 1024,
  };
}

/** Linux counts the time of children that ended, in ticks of 10 ms. Elsewhere the time that they ran counts, which is never less. */
function childrenMs(): number {
  if (process.platform !== 'linux') return timeInCommands();
  const [, fields = ''] = readFileSync('/proc/self/stat', 'utf8').split(') ');
  const [user = 0, system = 0] = fields.split(' ').slice(13, 15).map(Number);
  return (user + system) * 10;
}

import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Log } from '../../../server/log.ts';

/** A log, and the lines that it wrote at warn and above. */
export function listeningLog(): { readonly log: Log; readonly warnings: readonly Record<string, unknown>[] } {
  const warnings: Record<string, unknown>[] = [];
  const lines = new Writable({
    write(chunk, _encoding, done) {
      warnings.push(JSON.parse(String(chunk)));
      done();
    },
  });
  return { log: pino({ level: 'warn' }, lines), warnings };
}

import { type Log, openLog } from '../../agent/log.ts';

/** A logger that says nothing and remembers every message with its fields. */
export function testLog(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = [];
  const log = openLog('silent');
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  const overrides = { error: write('error'), warn: write('warn'), info: write('info') };
  Object.assign(log, overrides, { child: () => log });
  return { log, lines };
}

export interface LogLine {
  readonly level: string;
  readonly fields: object;
  readonly message: string;
}

import { type Level, type Logger, pino } from 'pino';

export type Log = Logger;

/** The only place that makes a logger; everything else gets a child: `log.child({ part: 'gateway' })`. */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: [
          'secret',
          'token',
          'authorization',
          'cookie',
          'organizationKey',
          '*.secret',
          '*.token',
          '*.authorization',
          '*.cookie',
        ],
        censor: '[redacted]',
      },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

/** A logger that hands on its lines, for a thread without a log of its own; `logLine` says them on the other side. */
export function logTo(level: string, take: (line: string) => void): Log {
  return pino(
    { level, base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
    { write: take },
  );
}

/** Says a line of `logTo`. */
export function logLine(log: Log, line: string): void {
  const { level, msg, ...fields }: { level: Level; msg: string } = JSON.parse(line);
  log[level](fields, msg);
}

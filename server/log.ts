import { type Logger, pino } from 'pino';

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

import { type Logger, pino } from 'pino';

export type Log = Logger;

const SECRETS = ['secret', 'token', 'authorization', 'organizationKey', 'privateKey'];

/** The only place that makes a logger; everything else gets a child: `log.child({ part: 'link' })`. */
export function openLog(level: string): Log {
  return pino(
    {
      level,
      base: null,
      redact: { paths: [...SECRETS, ...SECRETS.map((name) => `*.${name}`)], censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

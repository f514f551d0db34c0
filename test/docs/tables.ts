import { ERRORS } from '../../shared/errors.ts';

/** A table of a README that is written from the code, between `<!-- generated:name -->` and `<!-- /generated -->`. */
export interface Table {
  readonly name: string;
  /** Path from the top of the repository. */
  readonly file: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export const TABLES: readonly Table[] = [
  {
    name: 'errors',
    file: 'README.md',
    heads: ['Code', 'HTTP', 'WebSocket', 'Log', 'Trying again', 'What to do'],
    rows: Object.entries(ERRORS).map(([code, { http, close, level, retry, hint }]) => [
      `\`${code}\``,
      http,
      close,
      level,
      retry ? 'can help' : 'does not help',
      hint,
    ]),
  },
];

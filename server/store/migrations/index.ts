import { first } from './0001-first.ts';

/** Forward only, in this order; the position is the schema's version. */
export const MIGRATIONS: readonly (readonly string[])[] = [first];

import { CodedError } from '../../shared/errors.ts';

/** An instant has 24 characters, so the id starts after them whatever it holds. */
const INSTANT_LENGTH = 24;

interface Place {
  readonly updated_at: string;
  readonly id: string;
}

/** A page of `limit` rows, of which one more was asked for, and where the next one begins. */
export function pageOf<Row extends Place>(
  rows: readonly Row[],
  limit: number,
): { readonly shown: readonly Row[]; readonly next: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { shown, next: last ? cursorOf(last) : null };
}

/** Names a row of a list in order of `updated_at` and `id`; opaque to whoever gets it. */
export function cursorOf(row: Place): string {
  return Buffer.from(row.updated_at + row.id).toString('base64url');
}

/** Throws REQUEST_INVALID for what `cursorOf` never gave. */
export function positionOf(cursor: string): { readonly updatedAt: string; readonly id: string } {
  const text = Buffer.from(cursor, 'base64url').toString();
  const updatedAt = text.slice(0, INSTANT_LENGTH);
  const id = text.slice(INSTANT_LENGTH);
  if (id === '' || Number.isNaN(Date.parse(updatedAt)))
    throw new CodedError('REQUEST_INVALID', { reason: 'cursor: not one of ours' });
  return { updatedAt, id };
}

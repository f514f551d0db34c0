import { CodedError } from '../../shared/errors.ts';

/** Names a row of a list that is in order of a text and, among equals, of an id; opaque to whoever gets it. */
export function listCursor(order: string, id: string): string {
  return Buffer.from(JSON.stringify([order, id])).toString('base64url');
}

/** Throws REQUEST_INVALID for what `listCursor` never gave. */
export function listPosition(cursor: string): { readonly order: string; readonly id: string } {
  const [order, id] = arrayIn(Buffer.from(cursor, 'base64url').toString());
  if (typeof order !== 'string' || typeof id !== 'string')
    throw new CodedError('REQUEST_INVALID', { reason: 'cursor: not one of ours' });
  return { order, id };
}

function arrayIn(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** For `like … escape '\'`: what was typed stands for itself. */
export function containing(text: string): string {
  return `%${text.trim().replaceAll(/[\\%_]/g, '\\$&')}%`;
}

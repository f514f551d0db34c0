import * as z from 'zod/mini';
import { CodedError } from '../../../shared/errors.ts';

/** One source within a document: what it gave, or why it gave nothing. */
export type Part<T> =
  | { readonly items: readonly T[] }
  | { readonly fault: { readonly id: string; readonly category: string; readonly reason: string } };

/** What a source left empty is null, or not there at all. */
export const text = z.pipe(
  z.nullish(z.string()),
  z.transform((written) => written ?? ''),
);
export const number = z.pipe(
  z.nullish(z.number()),
  z.transform((written) => written ?? 0),
);

const faultSchema = z.object({ id: text, category: text, reason: text });

/** Powershell.exe 5.1 writes a list now and then as its only item, as nothing, or as an object with `value` and `Count`. */
export function listOf<T extends z.ZodMiniType>(of: T) {
  return z.pipe(z.transform(listFrom), z.array(of));
}

/** `items`, or the `fault` that a script caught. */
export function partOf<T extends z.ZodMiniType>(of: T) {
  return z.union([z.object({ fault: faultSchema }), z.object({ items: listOf(of) })]);
}

function listFrom(written: unknown): unknown {
  if (written === null || written === undefined) return [];
  if (Array.isArray(written)) return written;
  if (typeof written === 'object' && 'Count' in written && 'value' in written) return listFrom(written.value);
  return [written];
}

export interface Asked {
  /** What was read: a class, a key or a log. */
  readonly source: string;
  /** For people: what would open it, where that is less than the rights of an administrator. */
  readonly remedy?: string;
}

/** The items of a part. Throws PROBE_DENIED, PROBE_UNSUPPORTED or PROBE_FAILED by the identifiers of its fault, never by its message. */
export function itemsOf<T>(part: Part<T>, { source, remedy }: Asked): readonly T[] {
  if ('items' in part) return part.items;
  const { id, category, reason: exception } = part.fault;
  const [name = ''] = id.split(',');
  const context = { path: source, reason: name || exception || category };
  if (DENIED.test(id) || DENIED.test(exception) || category === 'PermissionDenied')
    throw new CodedError('PROBE_DENIED', remedy ? { ...context, remedy } : context);
  const isAbsent = ABSENT.test(id) || category === 'ObjectNotFound';
  throw new CodedError(isAbsent ? 'PROBE_UNSUPPORTED' : 'PROBE_FAILED', context);
}

/** E_ACCESSDENIED and WBEM_E_ACCESS_DENIED; Get-WinEvent has a name of its own for a log that may not be opened. */
const DENIED = /0x80070005|0x80041003|UnauthorizedAccessException|SecurityException|^LogInfoUnavailable\b/i;
/** WBEM_E_INVALID_CLASS, WBEM_E_INVALID_NAMESPACE, WBEM_E_NOT_SUPPORTED, and names that PowerShell gives. */
const ABSENT =
  /0x80041010|0x8004100e|0x8004100c|^(?:NoMatchingLogsFound|CommandNotFoundException|PathNotFound)\b/i;

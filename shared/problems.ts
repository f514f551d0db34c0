import type * as z from 'zod/mini';

/** What is wrong with an input, one short line an issue: `observations.3.at: no such moment`. */
export function problemsOf(error: z.core.$ZodError, most = 3): string {
  const lines = error.issues.slice(0, most).map(({ path, message }) => {
    const where = path.map(String).join('.');
    return where ? `${where}: ${message}` : message;
  });
  if (error.issues.length > most) lines.push(`and ${error.issues.length - most} more`);
  return lines.join('; ');
}

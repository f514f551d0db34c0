import type { Instant } from '../../shared/time.ts';

const WIDTH = 96;

/** Wrapped for a terminal; further lines are indented twice. */
export function paragraph(text: string, indent = ''): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = indent + indent;
    }
    line += `${word} `;
  }
  return `${[...lines, line.trimEnd()].join('\n')}\n`;
}

/** `2026-03-02 14:00:05 UTC`. */
export function dayAndTime(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC`;
}

/** Names come from the system, and a terminal obeys control characters. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}

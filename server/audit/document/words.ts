import { HOUR, MINUTE } from '../../../shared/time.ts';

export function numbered(value: number): string {
  return value.toLocaleString('en-US');
}

export function counted(count: number, one: string, several = `${one}s`): string {
  return `${numbered(count)} ${count === 1 ? one : several}`;
}

/** `a, b and c`. */
export function list(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Rounded so that only nothing is 0 % and only all is 100 %. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (part / whole) * 100;
  const rounded = Math.round(percent * 10) / 10;
  if (part > 0 && rounded === 0) return '< 0.1\u00A0%';
  if (part < whole && rounded === 100) return '> 99.9\u00A0%';
  return `${rounded}\u00A0%`;
}

export function duration(ms: number): string {
  if (ms > 0 && ms < MINUTE) return '< 1 min';
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  return `${numbered(Math.round((ms / HOUR) * 10) / 10)} h`;
}

export function momentText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`;
}

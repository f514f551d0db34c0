import type { Catalog, Tool } from '../../shared/catalog/schema.ts';
import { type Instant, MINUTE } from '../../shared/time.ts';
import { totalMs } from './periods.ts';
import type { Period, Span } from './timeline.ts';

/** `2026-03-02 15:10 UTC` */
export function moment(at: Instant): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

/** `from 2026-03-02 15:10 UTC on`, or `… to …` when it ended; `at …` for a moment. */
export function during({ from, to }: Period): string {
  if (to !== undefined && moment(from) === moment(to)) return `at ${moment(from)}`;
  return to === undefined ? `from ${moment(from)} on` : `from ${moment(from)} to ${moment(to)}`;
}

/** `ada, bob and 3 more` */
export function listed(names: readonly string[], most = 5): string {
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.slice(-1).join('')}`;
}

/** What was agreed to, or `none`. */
export function declared(values: readonly string[] | undefined): string {
  return values === undefined || values.length === 0 ? 'none' : values.toSorted().join(', ');
}

/** `3 h 20 min` */
export function length(ms: number): string {
  const minutes = Math.floor(ms / MINUTE);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `3 h 20 min`, or that it goes on: a finding must not change with every minute. */
export function lengthOf(periods: readonly Period[], now: Instant): string {
  return periods.some(({ to }) => to === undefined) ? 'still going on' : length(totalMs(periods, now));
}

/** `UTC-06:00` */
export function offset(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return `UTC${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}

/** How a tool was recognized: `process anydesk, service anydesk`. */
export function signsOf(spans: readonly Span<'tool'>[]): string {
  const signs = new Set(spans.flatMap(({ fact }) => fact.signs.map(({ by, name }) => `${by} ${name}`)));
  return listed([...signs].toSorted(), 8) || 'not told';
}

export function endpointsOf(spans: readonly { readonly endpoint: string }[]): readonly string[] {
  return [...new Set(spans.map(({ endpoint }) => endpoint))].toSorted();
}

const catalogs = new WeakMap<Catalog, ReadonlyMap<string, Tool>>();

/** Undefined for what an endpoint with a newer catalog knows and this one does not. */
export function toolOf(catalog: Catalog, id: string): Tool | undefined {
  const kept = catalogs.get(catalog) ?? new Map(catalog.tools.map((tool) => [tool.id, tool]));
  catalogs.set(catalog, kept);
  return kept.get(id);
}

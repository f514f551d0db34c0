import type { Period, Schedule, ScheduleRun, ScheduleSettings } from '../../../shared/api/schedules.ts';

export const PERIOD_WORDS: Readonly<Record<Period, string>> = {
  'since-last': 'since the pack before',
  day: 'the day before',
  week: 'the week before',
  month: 'the month before',
  quarter: 'the quarter before',
};

export const RHYTHMS = [
  { label: 'Every day at 06:00', cron: '0 6 * * *', period: 'day' },
  { label: 'Every Monday at 06:00', cron: '0 6 * * 1', period: 'week' },
  { label: 'Every month, on its first day', cron: '0 6 1 * *', period: 'month' },
  { label: 'Every quarter, on its first day', cron: '0 6 1 1,4,7,10 *', period: 'quarter' },
] as const satisfies readonly { readonly label: string; readonly cron: string; readonly period: Period }[];

/** What one due time came to. */
export function runText({ status, madeUp, failure, records, skipped, removedAt }: ScheduleRun): string {
  if (skipped) return `${skipped.orMore ? 'more than ' : ''}${skipped.count} missed, left out`;
  if (status === 'failed') return `failed: ${failure ?? 'unknown'}`;
  if (status === 'running') return 'being made';
  if (status === 'waiting') return 'waiting';
  const made = `${(records ?? 0).toLocaleString('en-US')} records`;
  return `${madeUp ? 'made up, ' : ''}${made}${removedAt === null ? '' : ', removed since'}`;
}

export type ScheduleState = 'failing' | 'busy' | 'paused' | 'good';

export function stateOf({ settings, runs, unfinished }: Schedule): ScheduleState {
  if (runs.some(({ status }) => status === 'failed')) return 'failing';
  if (!settings.enabled) return 'paused';
  return unfinished > 0 ? 'busy' : 'good';
}

export const STATE_WORDS: Readonly<Record<ScheduleState, string>> = {
  failing: 'Failing',
  busy: 'At work',
  paused: 'Paused',
  good: 'Good',
};

export function aboutText({ contractors, endpoints, cases, redact, period }: ScheduleSettings): string {
  const named = [...contractors, ...endpoints, ...cases].join(', ');
  return `${named === '' ? 'Everybody' : named}, ${PERIOD_WORDS[period]}${redact ? ', redacted' : ''}`;
}

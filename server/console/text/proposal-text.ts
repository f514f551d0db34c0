import type { Change, Proposal } from '../../../shared/proposal.ts';
import { countryText } from './declaration-text.ts';
import { toolName } from './labels.ts';
import { placeName } from './place-text.ts';
import { dateTime } from './time-text.ts';

export const PROPOSAL_LABELS: Readonly<Record<Proposal['status'], string>> = {
  pending: 'Pending',
  approved: 'Approved',
  rejected: 'Rejected',
  ended: 'Ended',
};

/** What is to be permitted or set, in one line. */
export function changeText(change: Change): string {
  if (change.kind === 'settings') {
    const lines = Object.entries(change.settings).map(([name, value]) => `${name} = ${valueText(value)}`);
    return lines.length === 0 ? 'back to its defaults' : lines.join(', ');
  }
  const { tool, country, network, place, rule } = change.permission;
  return [
    ...(tool === undefined ? [] : [toolName(tool)]),
    ...(country === undefined ? [] : [countryText(country)]),
    ...(network === undefined ? [] : [`from ${network}`]),
    ...(place === undefined ? [] : [`at ${placeName(place)}`]),
    ...(rule === undefined ? [] : [`rule ${rule}`]),
  ].join(', ');
}

export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(String).join(', ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value === undefined || value === null) return 'not set';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** When a permission holds; undefined for settings, which hold until somebody changes them. */
export function periodText(change: Change): string | undefined {
  if (change.kind === 'settings') return undefined;
  const { from, until } = change.permission;
  return `${dateTime(from)} → ${dateTime(until)}`;
}

const WEEK_MS = 7 * 86_400_000;

/** Where an approved exception stands: to come, in force, soon over, over. Settings have no end. */
export function standingOf(
  { change, status }: Proposal,
  now: number,
): 'to come' | 'in force' | 'soon over' | 'over' {
  if (status === 'ended' || status === 'rejected') return 'over';
  if (change.kind === 'settings') return 'in force';
  const { from, until } = change.permission;
  if (Date.parse(until) <= now) return 'over';
  if (Date.parse(from) > now) return 'to come';
  return Date.parse(until) - now < WEEK_MS ? 'soon over' : 'in force';
}

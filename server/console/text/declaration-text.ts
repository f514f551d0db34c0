import type { Declaration, WorkHours } from '../../../shared/declaration.ts';
import { shortHash, toolName } from './labels.ts';

const DAY_LABELS = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
} as const;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const regions = new Intl.DisplayNames('en-US', { type: 'region' });

/** Every part of a declaration in reading order; `value` is undefined where it was not declared. */
export function declarationLines(
  declaration: Declaration | null,
): readonly { readonly label: string; readonly value: string | undefined }[] {
  const { countries, home, shipTo, timezone, workHours, approvedTools, approvedVpns, ...more } =
    declaration ?? {};
  return [
    { label: 'Countries', value: countries?.map(countryText).join(', ') },
    { label: 'Home', value: home && pointText(home) },
    { label: 'Shipped to', value: shipTo && pointText(shipTo) },
    { label: 'Time zone', value: timezone },
    { label: 'Work hours', value: workHours && workHoursText(workHours) },
    { label: 'Flexible hours', value: answerText(more.flexibleHours) },
    { label: 'Works on the move', value: answerText(more.mobileWorker) },
    { label: 'Approved tools', value: approvedTools && namesText(approvedTools) },
    { label: 'Approved VPNs', value: approvedVpns && namesText(approvedVpns) },
    { label: 'Shared site', value: more.sharedSite },
    { label: 'Issued machines', value: more.issuedSerials && serialsText(more.issuedSerials) },
    { label: 'Virtual machine', value: answerText(more.virtualMachine) },
  ];
}

function pointText({ lat, lon }: NonNullable<Declaration['home']>): string {
  return `${lat.toFixed(2)}°, ${lon.toFixed(2)}°`;
}

function answerText(answer: boolean | undefined): string | undefined {
  if (answer === undefined) return undefined;
  return answer ? 'yes' : 'no';
}

function serialsText(hashes: readonly string[]): string {
  return hashes.length === 0 ? 'none' : `by serial number: ${hashes.map(shortHash).join(', ')}`;
}

/** `US, PL · America/Chicago · Mon–Fri 09:00–17:00` for one table cell. */
export function declarationSummary({ countries, timezone, workHours }: Declaration): string {
  const parts = [countries?.join(', '), timezone, workHours && workHoursText(workHours)];
  return parts.filter((part) => part !== undefined).join(' · ');
}

export function countryText(code: string): string {
  return `${regions.of(code) ?? code} (${code})`;
}

/** `Mon–Fri 09:00–17:00`; a shift that ends on the next day says so. */
export function workHoursText({ days, from, to }: WorkHours): string {
  return `${daysText(days)} ${from}–${to}${to <= from ? ' (next day)' : ''}`;
}

/** Runs of three days and more as a range. */
function daysText(given: WorkHours['days']): string {
  const runs: (typeof given)[] = [];
  for (const day of DAYS.filter((each) => given.includes(each))) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && DAYS.indexOf(before) + 1 === DAYS.indexOf(day)) run.push(day);
    else runs.push([day]);
  }
  return runs.map(runText).join(', ');
}

function runText(run: WorkHours['days']): string {
  const labels = run.map((day) => DAY_LABELS[day]);
  return labels.length > 2 ? `${labels[0]}–${labels.at(-1)}` : labels.join(', ');
}

function namesText(ids: readonly string[]): string {
  return ids.length === 0 ? 'none' : ids.map(toolName).join(', ');
}

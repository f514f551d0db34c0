import { SEVERITIES, type Severity } from '../../shared/finding.ts';
import { DAY, type Instant, millis } from '../../shared/time.ts';
import type { Burden } from '../store/burdens.ts';

export interface FairnessRow {
  /** `all`, `none declared`, or a country. Who declared several countries is counted with each. */
  readonly country: string;
  readonly contractors: number;
  /** Months of 30 days in which they had an endpoint. */
  readonly months: number;
  /** By severity, whatever became of them. */
  readonly findings: Readonly<Record<Severity, number>>;
  /** Of these, how many were taken back or are covered by an exception. */
  readonly settled: number;
  /** Findings of low severity and above for 100 contractor-months; null without any time. */
  readonly rate: number | null;
  /** That rate beside the one of all. */
  readonly ratio: number | null;
}

const MONTH = 30 * DAY;

/** How unequally findings fall on contractors by the countries that they declared. `all` comes first, then most contractors. */
export function fairnessOf(burdens: readonly Burden[], now: Instant): readonly FairnessRow[] {
  const byCountry = new Map<string, Burden[]>();
  for (const burden of burdens) {
    const countries = burden.countries.length === 0 ? ['none declared'] : new Set(burden.countries);
    for (const country of countries) {
      const own = byCountry.get(country);
      if (own) own.push(burden);
      else byCountry.set(country, [burden]);
    }
  }
  const all = rowOf('all', burdens, now);
  const rows = [...byCountry].map(([country, own]) => rowOf(country, own, now));
  const sorted = rows.toSorted((a, b) => b.contractors - a.contractors || (a.country < b.country ? -1 : 1));
  return [all, ...sorted].map((row) => ({
    ...row,
    ratio: all.rate && row.rate !== null ? round(row.rate / all.rate) : null,
  }));
}

function rowOf(country: string, burdens: readonly Burden[], now: Instant): FairnessRow {
  const findings = { info: 0, low: 0, medium: 0, high: 0, critical: 0 };
  let settled = 0;
  let ms = 0;
  for (const { since, until, findings: counts } of burdens) {
    ms += Math.max(0, millis(until ?? now) - millis(since));
    for (const { severity, outcome, count } of counts) {
      const known = SEVERITIES.find((name) => name === severity);
      if (known) findings[known] += count;
      if (known !== 'info' && outcome !== 'open') settled += count;
    }
  }
  const { info: _, ...weighty } = findings;
  const sum = Object.values(weighty).reduce((total, count) => total + count, 0);
  const months = ms / MONTH;
  const rate = months === 0 ? null : round((sum / months) * 100);
  return {
    country,
    contractors: burdens.length,
    months: round(months),
    findings,
    settled,
    rate,
    ratio: null,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

const HEADS = [
  'declared',
  'contractors',
  'months',
  'critical',
  'high',
  'medium',
  'low',
  'settled',
  'per 100 months',
  'to all',
];

export function fairnessText(rows: readonly FairnessRow[]): string {
  const cells = rows.map(({ country, contractors, months, findings, settled, rate, ratio }) => [
    country,
    ...[
      contractors,
      months.toFixed(1),
      findings.critical,
      findings.high,
      findings.medium,
      findings.low,
      settled,
    ].map(String),
    rate === null ? '-' : rate.toFixed(1),
    ratio === null ? '-' : `${ratio.toFixed(2)}x`,
  ]);
  const widths = HEADS.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const lines = [HEADS, ...cells].map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  '),
  );
  return `${lines.join('\n')}

Months are contractor-months of 30 days with an endpoint. Who declared several countries is counted with each. Settled findings were
taken back or are covered by an exception: where many are, rules may bear on honest people. A few contractors prove nothing.
`;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export interface Measurement {
  readonly what: string;
  readonly result: string;
  readonly goal?: string;
}

export function table(rows: readonly Measurement[]): string {
  const lines = rows.map(({ what, result, goal }) => `| ${what} | ${result} | ${goal ?? ''} |`);
  return ['| what | measured | goal |', '|---|---|---|', ...lines].join('\n');
}

export function rounded(value: number, digits = 0): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits });
}

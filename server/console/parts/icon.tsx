import type { Severity } from '../../../shared/finding.ts';

const PATHS = {
  queue: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  cases: 'M2.25 5.25h11.5v8H2.25zM5.75 5.25v-2.5h4.5v2.5M2.25 8.75h11.5',
  contractors:
    'M8 8a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM2.75 13.5c.6-2.7 2.6-4 5.25-4s4.65 1.3 5.25 4',
  endpoints: 'M3.25 3.25h9.5v6.5h-9.5zM1.5 12.75h13',
  places:
    'M8 14s4.5-4.2 4.5-7.5a4.5 4.5 0 0 0-9 0C3.5 9.8 8 14 8 14ZM8 8.25a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5Z',
  audit: 'M2.75 4.25h10.5v9H2.75zM2.75 4.25l1.5-2.5h7.5l1.5 2.5M6 8.75l1.5 1.5L10.25 7',
  rules: 'M3 2.75h10v10.5H3zM5.5 6h5M5.5 8.5h5M5.5 11h3',
  exceptions: 'M8 1.75 13 4v3.5c0 3.2-2 5.6-5 6.75-3-1.15-5-3.55-5-6.75V4zM5.75 8l1.6 1.6 2.9-3.1',
  overview: 'M2.5 13.5v-5h3v5zM6.75 13.5v-11h3v11zM11 13.5v-7.5h2.75v7.5z',
  admin:
    'M2 4.5h6.5M11.5 4.5H14M2 11.5h2.5M7.5 11.5H14M10 6.25a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5ZM6 13.25a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5Z',
  theme: 'M8 2.5v11a5.5 5.5 0 0 0 0-11ZM8 2.5a5.5 5.5 0 0 0 0 11',
  keyboard: 'M1.75 4.25h12.5v7.5H1.75zM4 6.75h.01M6.7 6.75h.01M9.3 6.75h.01M12 6.75h.01M5 9.5h6',
  chevron: 'M4.5 6.25 8 9.75l3.5-3.5',
  back: 'M9.75 4.5 6.25 8l3.5 3.5',
} as const;

export function Icon({ name }: { readonly name: keyof typeof PATHS }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Each severity has its own outline, so that it can be told without color. */
const SHAPES: Readonly<Record<Severity, string>> = {
  critical: 'M5 1.5h6L14.5 5v6L11 14.5H5L1.5 11V5z',
  high: 'M8 1.75 15 14H1z',
  medium: 'M8 1.25 14.75 8 8 14.75 1.25 8z',
  low: 'M2.75 2.75h10.5v10.5H2.75z',
  info: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12z',
};

export function SeverityShape({ severity }: { readonly severity: Severity }) {
  return (
    <svg className="shape" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[severity]} />
    </svg>
  );
}

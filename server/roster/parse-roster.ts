import * as z from 'zod/mini';
import type { Catalog } from '../../shared/catalog/schema.ts';
import { nearest } from '../../shared/nearest.ts';
import { COLUMNS } from './columns.ts';
import { csvCandidates } from './csv-roster.ts';
import { entrySchema, type RosterEntry } from './entry.ts';
import { jsonCandidates } from './json-roster.ts';
import type { Candidate, RosterProblem } from './problem.ts';

/** What a roster may name. */
export interface Known {
  readonly catalog: Catalog;
  readonly endpoints: ReadonlySet<string>;
}

export type RosterFormat = 'csv' | 'json';

export type ParsedRoster =
  | { readonly entries: readonly RosterEntry[] }
  | { readonly problems: readonly [RosterProblem, ...RosterProblem[]] };

const MAX_ROWS = 50_000;

/** All entries of a roster when every one is right; otherwise everything that is wrong, in order of rows. */
export function parseRoster(text: string, format: RosterFormat, known: Known): ParsedRoster {
  const { candidates, problems } = format === 'csv' ? csvCandidates(text) : jsonCandidates(text);
  if (candidates.length > MAX_ROWS)
    return { problems: [{ reason: `${candidates.length} rows; at most ${MAX_ROWS} in one file` }] };

  const column = format === 'csv' ? columnAt : keyAt;
  const checked = candidates.map((candidate) => ({ ...candidate, ...validated(candidate, column) }));
  const rows = checked.flatMap(({ row, entry }) => (entry ? [{ row, entry }] : []));
  const all = [
    ...problems,
    ...checked.flatMap((row) => row.problems),
    ...repeatedIn(rows, column),
    ...unknownIn(rows, column, known),
  ].sort((a, b) => (a.row ?? 0) - (b.row ?? 0));
  const [first, ...rest] = all;
  if (first) return { problems: [first, ...rest] };
  if (rows.length === 0) return { problems: [{ reason: 'no contractors in it' }] };
  return { entries: rows.map(({ entry }) => entry) };
}

/** The name that people see for a place in an entry. */
type Naming = (path: readonly PropertyKey[]) => string;

const keyAt: Naming = (path) => path.map(String).join('.');

const columnAt: Naming = (path) => {
  const key = path.filter((part) => typeof part === 'string').join('.');
  const exact = Object.entries(COLUMNS).find(([, place]) => place === key);
  return (exact ?? Object.entries(COLUMNS).find(([, place]) => place.startsWith(`${key}.`)))?.[0] ?? key;
};

interface Row {
  readonly row: number;
  readonly entry: RosterEntry;
}

function validated(
  { row, value }: Candidate,
  naming: Naming,
): { readonly entry?: RosterEntry; readonly problems: readonly RosterProblem[] } {
  const { success, data, error } = z.safeParse(entrySchema, value, { error: z.locales.en().localeError });
  if (success) return { entry: data, problems: [] };
  const problems = error.issues.flatMap((issue): RosterProblem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        row,
        column: keyAt([...issue.path, key]),
        reason: unknownKey(key, issue.path),
      }));
    return [{ row, column: naming(issue.path), reason: reasonOf(issue, value) }];
  });
  return { problems };
}

const ANSWERS: ReadonlySet<PropertyKey | undefined> = new Set([
  'virtualMachine',
  'flexibleHours',
  'mobileWorker',
]);

const ID_REASON = 'expected 1 to 64 letters, digits or . _ @ - with a letter or digit at both ends';

function reasonOf(issue: z.core.$ZodIssue, value: unknown): string {
  if (valueAt(value, issue.path) === undefined) return 'is missing';
  const [first] = issue.path;
  if ((first === 'home' || first === 'shipTo') && issue.code === 'invalid_type')
    return 'expected degrees such as 41.88';
  if (ANSWERS.has(first) && issue.code === 'invalid_type') return 'expected yes or no';
  if (issue.code !== 'invalid_format') return issue.message;
  if (first === 'id' || first === 'sharedSite' || first === 'endpoints') return ID_REASON;
  return first === 'approvedTools' || first === 'approvedVpns'
    ? 'expected a catalog id such as anydesk'
    : issue.message;
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const words = path.length === 0 ? Object.keys(entrySchema.shape) : [];
  const near = nearest(key, words);
  return near ? `unknown key; did you mean ${near}?` : 'unknown key';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

function repeatedIn(rows: readonly Row[], naming: Naming): readonly RosterProblem[] {
  const contractors = new Map<string, number>();
  const endpoints = new Map<string, Row>();
  return rows.flatMap((row) => {
    const { id, endpoints: named = [] } = row.entry;
    const before = contractors.get(id);
    contractors.set(id, before ?? row.row);
    const taken = named.flatMap((endpoint) => {
      const owner = endpoints.get(endpoint);
      endpoints.set(endpoint, owner ?? row);
      return owner && owner.entry.id !== id
        ? [
            {
              row: row.row,
              column: naming(['endpoints']),
              reason: `${endpoint} already belongs to ${owner.entry.id} in row ${owner.row}`,
            },
          ]
        : [];
    });
    const repeated =
      before === undefined
        ? []
        : [{ row: row.row, column: naming(['id']), reason: `${id} is already in row ${before}` }];
    return [...repeated, ...taken];
  });
}

function unknownIn(
  rows: readonly Row[],
  naming: Naming,
  { catalog, endpoints }: Known,
): readonly RosterProblem[] {
  const ids = catalog.tools.map(({ id }) => id);
  const tools = new Set(ids);
  const hints = new Map<string, string>();
  return rows.flatMap(({ row, entry }) => {
    const unknownTools = (['approvedTools', 'approvedVpns'] as const).flatMap((part) =>
      (entry[part] ?? [])
        .filter((id) => !tools.has(id))
        .map((id) => ({
          row,
          column: naming([part]),
          reason: `${id} is not in the catalog${hintFor(id)}`,
        })),
    );
    const unknownEndpoints = (entry.endpoints ?? [])
      .filter((id) => !endpoints.has(id))
      .map((id) => ({ row, column: naming(['endpoints']), reason: `${id} is not enrolled` }));
    return [...unknownTools, ...unknownEndpoints];
  });

  /** Ranking takes a while and only the first problems are shown. */
  function hintFor(id: string): string {
    const known = hints.get(id);
    if (known !== undefined || hints.size >= 20) return known ?? '';
    const near = nearest(id, ids);
    hints.set(id, near ? `; did you mean ${near}?` : '');
    return hints.get(id) ?? '';
  }
}

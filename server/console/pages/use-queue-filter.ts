import {
  FINDING_SORTS,
  type FindingFilters,
  type FindingsQuery,
  findingsQuerySchema,
} from '../../../shared/api/findings.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { type Params, useParams } from '../parts/use-params.ts';

export interface QueueFilter extends Pick<Params, 'change' | 'changeSeveral' | 'clear'> {
  readonly filter: FindingsQuery;
  /** What the address says of age: days, as `7`. */
  readonly days: string | null;
}

export const ALL = 'all';
/** What waits for somebody. */
export const ACTIVE = 'new,investigating';
/** Days that the age filter offers. */
export const AGES = ['1', '7', '30'] as const;

const { shape } = findingsQuerySchema;
const PLAIN = ['severity', 'rule', 'contractor', 'family', 'assignee', 'q', 'minRisk'] as const;

/** The filter that the URL says. What it says wrongly counts as not said. */
export function useQueueFilter(): QueueFilter {
  const { params, change, changeSeveral, clear } = useParams();
  const said = (name: string) => params.get(name) ?? undefined;
  const outcome = said('outcome') === ALL ? undefined : (valid(shape.outcome, said('outcome')) ?? 'open');
  const status = said('status') === ALL ? undefined : (valid(shape.status, said('status')) ?? ACTIVE);
  const sort = FINDING_SORTS.find((known) => known === said('sort'));
  const days = AGES.find((known) => known === said('days')) ?? null;
  const since = days ? daysAgo(Number(days)) : valid(shape.since, said('since'));
  const plain: FindingFilters = Object.fromEntries(
    PLAIN.flatMap((name) => {
      const value = valid<string | number>(shape[name], said(name));
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const filter: FindingsQuery = {
    ...plain,
    ...(outcome && { outcome }),
    ...(status && { status }),
    ...(since && { since }),
    ...(sort && { sort }),
    ...(said('order') === 'asc' && { order: 'asc' as const }),
  };
  return { filter, days, change, changeSeveral, clear };
}

/** Of whole hours, so that the same question is not asked anew every moment. */
function daysAgo(days: number): string {
  const hour = 3_600_000;
  return instant(Math.floor(Date.now() / hour) * hour - days * DAY);
}

function valid<T>(
  schema: { safeParse(value: unknown): { readonly success: boolean; readonly data?: T | undefined } },
  value: string | undefined,
): T | undefined {
  return value === undefined ? undefined : schema.safeParse(value).data;
}

import {
  type InfiniteData,
  notifyManager,
  type QueryClient,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { rightsOf } from '../../../shared/account.ts';
import type { FindingsPage } from '../../../shared/api/findings.ts';
import { type TriageState, triageStateSchema } from '../../../shared/api/triage.ts';
import type { CaseDetail, FindingDetail } from '../../../shared/api.ts';
import { CodedError } from '../../../shared/errors.ts';
import { instant } from '../../../shared/time.ts';
import { type Triage, type TriageChange, triaged } from '../../../shared/triage.ts';
import { caseQuery, findingQuery, sessionQuery } from './queries.ts';
import { refreshFindings } from './refresh-findings.ts';
import { triageApi } from './triage-api.ts';

/** A finding or a case as the analyst sees it: what they decide on is this version. */
export interface Target {
  readonly about: 'finding' | 'case';
  readonly id: string;
  readonly title: string;
  readonly triage: Triage;
}

export interface Applied {
  /** As they stand now. */
  readonly done: readonly Target[];
  /** Changed by somebody meanwhile, as they stand now; nothing was done to them. */
  readonly missed: readonly (Target & { readonly history?: TriageState['history'] })[];
}

/** Who is signed in, and whether they may triage. */
export function useMe(): { readonly account: string; readonly mayTriage: boolean } {
  const { data } = useQuery(sessionQuery);
  return { account: data?.account ?? '', mayTriage: data ? rightsOf(data.role).includes('triage') : false };
}

/** Does the same to one or many. The console shows the change at once, and takes it back where it could not be done. */
export function useTriage(): (targets: readonly Target[], change: TriageChange) => Promise<Applied> {
  const client = useQueryClient();
  const { account } = useMe();
  return async (targets, change) => {
    show(
      client,
      targets.map((target) => ({ ...target, triage: guess(target.triage, change, account) })),
    );
    try {
      const [first] = targets;
      const applied =
        targets.length === 1 && first ? await applyOne(first, change) : await applyMany(targets, change);
      show(client, [...applied.done, ...applied.missed]);
      return applied;
    } catch (error) {
      show(client, targets);
      throw error;
    } finally {
      for (const { about, id } of targets) void client.invalidateQueries({ queryKey: [about, id] });
      const findings = targets.filter(({ about }) => about === 'finding').map(({ id }) => id);
      if (findings.length === targets.length) void refreshFindings(client, new Set(findings));
      else void client.invalidateQueries({ queryKey: ['findings'] });
      void client.invalidateQueries({ queryKey: ['finding-counts'] });
    }
  };
}

async function applyOne(target: Target, change: TriageChange): Promise<Applied> {
  try {
    const { triage } = await triageApi.triage(target.about, target.id, {
      version: target.triage.version,
      ...change,
    });
    return { done: [{ ...target, triage }], missed: [] };
  } catch (error) {
    const now = currentIn(error);
    if (!now) throw error;
    return { done: [], missed: [{ ...target, ...now }] };
  }
}

async function applyMany(targets: readonly Target[], change: TriageChange): Promise<Applied> {
  const asked = targets.map(({ id, triage: { version } }) => ({ id, version }));
  const { results } = await triageApi.triageMany({ findings: asked, change });
  const done: Target[] = [];
  const missed: Target[] = [];
  for (const [index, { code, triage }] of results.entries()) {
    const target = targets[index];
    if (target) (code === undefined ? done : missed).push(triage ? { ...target, triage } : target);
  }
  return { done, missed };
}

function currentIn(error: unknown): TriageState | undefined {
  if (!(error instanceof CodedError) || error.code !== 'CONFLICT') return undefined;
  return triageStateSchema.safeParse(error.context['current']).data;
}

function guess(before: Triage, change: TriageChange, by: string): Triage {
  const result = triaged(before, change, { by, at: instant(Date.now()) });
  return result.did === 'something' ? result.triage : before;
}

/** Wherever the console shows them, in one go. */
function show(client: QueryClient, targets: readonly Target[]): void {
  const known = new Map(targets.map(({ about, id, triage }) => [`${about} ${id}`, triage]));
  const now = <Row extends { readonly id: string; readonly triage: Triage }>(row: Row): Row => {
    const triage = known.get(`finding ${row.id}`);
    return triage ? { ...row, triage } : row;
  };
  notifyManager.batch(() => {
    for (const { about, id, triage } of targets) {
      if (about === 'case')
        client.setQueryData(
          caseQuery(id).queryKey,
          (data: CaseDetail | undefined) => data && { ...data, triage },
        );
      else
        client.setQueryData(
          findingQuery(id).queryKey,
          (data: FindingDetail | undefined) => data && { ...data, triage },
        );
    }
    client.setQueriesData<InfiniteData<FindingsPage>>(
      { queryKey: ['findings'] },
      (data) =>
        data && {
          ...data,
          pages: data.pages.map((page) => ({ ...page, findings: page.findings.map(now) })),
        },
    );
  });
}

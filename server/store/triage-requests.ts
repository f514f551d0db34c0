import type { BulkResult, TriageRequest, TriageState } from '../../shared/api/triage.ts';
import type { Case, CaseStatus } from '../../shared/case.ts';
import { CodedError } from '../../shared/errors.ts';
import type { Finding } from '../../shared/finding.ts';
import type { Triage, TriageChange, TriageResult, TriageStatus } from '../../shared/triage.ts';
import { type Action, appendActions } from './actions.ts';
import { findCase, findingsOfCase } from './cases.ts';
import { appendFeed } from './feed.ts';
import type { By } from './proposals.ts';
import type { Db } from './store.ts';
import { historyOf, keepWork, standingOf } from './triage.ts';

interface Asked<Change> {
  readonly change: Change;
  readonly by: By;
}

/** What a person did, and the findings whose work it changed: their cases may follow. Ring `store.feed` after the commit. */
export interface Done<Answer> {
  readonly answer: Answer;
  readonly findings: readonly Finding[];
}

/** Throws NOT_FOUND, CONFLICT with how it stands now, or REQUEST_INVALID. */
export async function triageFinding(
  db: Db,
  id: string,
  { change: { version, ...change }, by }: Asked<TriageRequest>,
): Promise<Done<TriageState>> {
  const standing = (await standingOf(db, [id])).get(id);
  if (!standing) throw new CodedError('NOT_FOUND', { finding: id });
  const { finding, triage: before } = standing;
  const history = () => historyOf(db, 'finding', id);
  if (before.version !== version) throw conflict({ triage: before, history: await history() });
  const work = { about: 'finding', subject: id, before } as const;
  const result = orThrow(await keepWork(db, work, { change, doer: doerOf(by) }));
  if (result.did === 'something') await tell(db, by, [actionOf(work, result, by)]);
  const triage = result.did === 'something' ? result.triage : before;
  return { answer: { triage, history: await history() }, findings: [finding] };
}

/** Each finding by itself: what cannot be done for one is told, and the others go on. Throws REQUEST_INVALID for what no finding can do. */
export async function triageFindings(
  db: Db,
  asked: readonly { readonly id: string; readonly version: number }[],
  { change, by }: Asked<TriageChange>,
): Promise<Done<BulkResult>> {
  const standing = await standingOf(
    db,
    asked.map(({ id }) => id),
  );
  const results: BulkResult['results'] = [];
  const findings: Finding[] = [];
  const actions: Action[] = [];
  const done = new Set<string>();
  for (const { id, version } of asked) {
    const known = standing.get(id);
    if (!known) {
      results.push({ id, code: 'NOT_FOUND' });
    } else if (known.triage.version !== version || done.has(id)) {
      results.push({ id, code: 'CONFLICT', triage: known.triage });
    } else {
      const work = { about: 'finding', subject: id, before: known.triage } as const;
      const result = orThrow(await keepWork(db, work, { change, doer: doerOf(by) }));
      results.push({ id, triage: result.did === 'something' ? result.triage : known.triage });
      done.add(id);
      if (result.did !== 'something') continue;
      findings.push(known.finding);
      actions.push(actionOf(work, result, by));
    }
  }
  await tell(db, by, actions);
  return { answer: { results }, findings };
}

/** A decision is carried to the findings that are still open; taking it back takes theirs back. Throws as above, and CASE_ENDED. */
export async function triageCase(
  db: Db,
  id: string,
  { change: { version, ...change }, by }: Asked<TriageRequest>,
): Promise<Done<TriageState>> {
  const worked = await findCase(db, id);
  if (!worked) throw new CodedError('NOT_FOUND', { case: id });
  const { case: found, triage: before } = worked;
  const history = () => historyOf(db, 'case', id);
  if (before.version !== version) throw conflict({ triage: before, history: await history() });
  const ended = found.status === 'merged' || found.status === 'dissolved';
  if (ended && (change.status ?? change.decision ?? change.assign) !== undefined)
    throw new CodedError('CASE_ENDED', { case: id, status: found.status });
  const work = { about: 'case', subject: id, before } as const;
  const result = orThrow(await keepWork(db, work, { change, doer: doerOf(by) }));
  if (result.did !== 'something')
    return { answer: { triage: before, history: await history() }, findings: [] };
  const { triage } = result;
  if (!ended) await setStatus(db, found, { status: CASE_STATUS[triage.status], by });
  const { actions, findings } = await carried(db, found, { before, result, by });
  await tell(db, by, [actionOf(work, result, by), ...actions]);
  return { answer: { triage, history: await history() }, findings };
}

const CASE_STATUS: Readonly<Record<TriageStatus, CaseStatus>> = {
  new: 'new',
  investigating: 'investigating',
  resolved: 'closed',
};

async function setStatus(
  db: Db,
  found: Case,
  { status, by }: { readonly status: CaseStatus; readonly by: By },
): Promise<void> {
  const body = JSON.stringify({ ...found, status, updatedAt: by.at });
  await db.updateTable('cases').set({ status, updated_at: by.at, body }).where('id', '=', found.id).execute();
}

interface Carrying {
  readonly before: Triage;
  readonly result: TriageResult & { readonly did: 'something' };
  readonly by: By;
}

/** What a case's decision does to its findings. */
async function carried(db: Db, { id }: Case, { before, result: { triage, step }, by }: Carrying) {
  const actions: Action[] = [];
  const findings: Finding[] = [];
  const reopens = before.status === 'resolved' && triage.status !== 'resolved';
  if (step.decision === undefined && !reopens) return { actions, findings };
  const { decision, reason } = step;
  const change: TriageChange =
    decision === undefined
      ? { status: triage.status }
      : { decision, ...(reason !== undefined && { reason }) };
  const own = await findingsOfCase(db, id);
  const standing = await standingOf(
    db,
    own.map((finding) => finding.id),
  );
  for (const { finding, triage: now } of standing.values()) {
    const decidedHere = now.status === 'resolved' && now.case === id;
    const open = finding.outcome === 'open' && now.status !== 'resolved';
    if (!(decidedHere || (open && !reopens))) continue;
    const work = { about: 'finding', subject: finding.id, before: now } as const;
    const result = orThrow(await keepWork(db, work, { change, doer: { ...doerOf(by), case: id } }));
    if (result.did !== 'something') continue;
    findings.push(finding);
    actions.push(actionOf(work, result, by));
  }
  return { actions, findings };
}

function doerOf({ actor, at }: By) {
  return { by: actor, at };
}

function conflict(current: TriageState): CodedError {
  return new CodedError('CONFLICT', { current });
}

function orThrow(result: TriageResult) {
  if (result.did === 'refused') throw new CodedError('REQUEST_INVALID', { reason: result.reason });
  return result;
}

interface Changed {
  readonly about: 'finding' | 'case';
  readonly subject: string;
  readonly before: Triage;
}

/** A note's words stay out of the log, which nothing can be taken from; its length and its version are on it. */
function actionOf(
  { about, subject, before }: Changed,
  { triage, step }: TriageResult & { readonly did: 'something' },
  { actor, source, at }: By,
): Action {
  const detail = {
    before: shortened(before),
    after: shortened(triage),
    ...(step.note && { note: step.note.length }),
  };
  return { at, actor, source, action: `${about}.triage`, subject, detail };
}

function shortened({ version, status, assignee, decision, reason, case: of }: Triage) {
  return {
    ...{ version, status, assignee },
    ...(decision !== undefined && { decision, reason }),
    ...(of !== undefined && { case: of }),
  };
}

async function tell(db: Db, { at }: By, actions: readonly Action[]): Promise<void> {
  await appendActions(db, actions);
  await appendFeed(
    db,
    at,
    actions.map(({ action, subject }) => ({
      topic: action === 'case.triage' ? 'case' : 'finding',
      ref: subject,
    })),
  );
}

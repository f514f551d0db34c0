import { randomBytes } from 'node:crypto';
import { CodedError } from '../../shared/errors.ts';
import type { Exception } from '../../shared/exception.ts';
import type { Change, ChangeRequest, Decision, Proposal } from '../../shared/proposal.ts';
import type { Instant } from '../../shared/time.ts';
import { appendAction } from './actions.ts';
import { markDirty } from './dirty.ts';
import { appendFeed } from './feed.ts';
import type { Db } from './store.ts';
import { subjectsInTime, subjectsOf } from './timelines.ts';

/** Who does it, from where, and when. */
export interface By {
  readonly actor: string;
  /** Address, or `command line`. */
  readonly source: string;
  readonly at: Instant;
}

/** Asks for a change. It does nothing until somebody else approves it. */
export async function propose(db: Db, { change, reason }: ChangeRequest, by: By): Promise<Proposal> {
  const proposal: Proposal = {
    id: `pr-${randomBytes(6).toString('hex')}`,
    change,
    reason,
    status: 'pending',
    requestedBy: by.actor,
    requestedAt: by.at,
  };
  await db
    .insertInto('proposals')
    .values({
      id: proposal.id,
      kind: change.kind,
      subject: subjectOf(change),
      status: proposal.status,
      requested_at: by.at,
      body: JSON.stringify(proposal),
    })
    .execute();
  await onTheLog(db, proposal, { ...by, action: 'request' });
  await appendFeed(db, by.at, [{ topic: 'proposal', ref: proposal.id }]);
  return proposal;
}

/**
 * Approves, rejects or ends a proposal, and marks dirty whomever that touches, so that findings follow. Throws NOT_FOUND, FOUR_EYES
 * when somebody approves what they asked for, PROPOSAL_DECIDED when it is too late. Ring `store.dirty` and `store.feed` after the commit.
 */
export async function decide(
  db: Db,
  id: string,
  { decision, by }: { readonly decision: Decision; readonly by: By },
) {
  const before = await findProposal(db, id);
  if (!before) throw new CodedError('NOT_FOUND', { proposal: id });
  const after = decided(before, decision, by);
  await db
    .updateTable('proposals')
    .set({ status: after.status, body: JSON.stringify(after) })
    .where('id', '=', id)
    .execute();
  await onTheLog(db, after, { ...by, action: decision.decide, before: before.status, why: decision.reason });
  await appendFeed(db, by.at, [{ topic: 'proposal', ref: id }]);
  if (after.status === 'rejected') return after;
  await touchRulings(db, by.at);
  const { change } = after;
  const subjects =
    change.kind === 'exception'
      ? await subjectsOf(db, change.permission.contractor)
      : await subjectsInTime(db, LONG_AGO);
  await markDirty(db, by.at, subjects);
  return after;
}

export async function findProposal(db: Db, id: string): Promise<Proposal | undefined> {
  const row = await db.selectFrom('proposals').select('body').where('id', '=', id).executeTakeFirst();
  return row && proposalOf(row);
}

const MOST_LISTED = 500;

interface Wanted {
  readonly status?: Proposal['status'] | undefined;
  readonly kind?: Change['kind'] | undefined;
  /** Contractor id of exceptions, rule id of settings. */
  readonly subject?: string | undefined;
  /** Those that follow this one in the list. */
  readonly after?: { readonly order: string; readonly id: string } | undefined;
  readonly limit?: number | undefined;
}

/** Latest request first, 500 at most. */
export async function proposals(
  db: Db,
  { status, kind, subject, after, limit = MOST_LISTED }: Wanted = {},
): Promise<readonly Proposal[]> {
  const rows = await db
    .selectFrom('proposals')
    .select('body')
    .$if(status !== undefined, (select) => select.where('status', '=', status ?? ''))
    .$if(kind !== undefined, (select) => select.where('kind', '=', kind ?? ''))
    .$if(subject !== undefined, (select) => select.where('subject', '=', subject ?? ''))
    .$if(after !== undefined, (select) =>
      select
        .where('requested_at', '<=', after?.order ?? '')
        .where((eb) => eb.or([eb('requested_at', '<', after?.order ?? ''), eb('id', '>', after?.id ?? '')])),
    )
    .orderBy('requested_at', 'desc')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(proposalOf);
}

const MOST_OF_ONE = 100;

/** What was ever asked to be permitted to one contractor, latest request first. */
export async function exceptionsOf(db: Db, contractor: string): Promise<readonly Proposal[]> {
  const rows = await db
    .selectFrom('proposals')
    .select('body')
    .where('kind', '=', 'exception')
    .where('subject', '=', contractor)
    .orderBy('requested_at', 'desc')
    .orderBy('id')
    .limit(MOST_OF_ONE)
    .execute();
  return rows.map(proposalOf);
}

/** What was approved: exceptions, also those that are over, since the past is judged as well; and each rule's latest settings. */
export interface Rulings {
  readonly exceptions: readonly Exception[];
  /** Rule id → settings, as people wrote them. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export async function rulings(db: Db): Promise<Rulings> {
  const rows = await db
    .selectFrom('proposals')
    .select('body')
    .where('status', 'in', ['approved', 'ended'])
    .execute();
  const granted = rows
    .map(proposalOf)
    .toSorted((a, b) => ((a.decidedAt ?? '') < (b.decidedAt ?? '') ? -1 : 1));
  return {
    exceptions: granted.flatMap((proposal) => exceptionOf(proposal) ?? []),
    settings: Object.fromEntries(
      granted.flatMap(({ change, status }) =>
        change.kind === 'settings' && status === 'approved' ? [[change.rule, change.settings]] : [],
      ),
    ),
  };
}

/** Changes whenever `rulings` may have. */
export async function rulingsVersion(db: Db): Promise<string> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', 'rulings').executeTakeFirst();
  return row?.value ?? '';
}

/** The exception that an approved proposal is; one that was ended holds until then. */
export function exceptionOf({ id, change, reason, ...proposal }: Proposal): Exception | undefined {
  const { requestedBy, decidedBy, endedAt } = proposal;
  if (change.kind !== 'exception' || decidedBy === undefined) return undefined;
  const { permission } = change;
  const until = endedAt !== undefined && endedAt < permission.until ? endedAt : permission.until;
  if (until <= permission.from) return undefined;
  return { id, ...permission, until, reason, requestedBy, approvedBy: decidedBy };
}

function decided(before: Proposal, { decide: what, reason }: Decision, { actor, at }: By): Proposal {
  if (what === 'end') {
    if (before.status !== 'approved') throw new CodedError('PROPOSAL_DECIDED', { status: before.status });
    return { ...before, status: 'ended', endedBy: actor, endedAt: at };
  }
  if (before.status !== 'pending') throw new CodedError('PROPOSAL_DECIDED', { status: before.status });
  if (what === 'approve' && actor === before.requestedBy) throw new CodedError('FOUR_EYES', { actor });
  const status = what === 'approve' ? 'approved' : 'rejected';
  return { ...before, status, decidedBy: actor, decidedAt: at, decision: reason };
}

async function touchRulings(db: Db, at: Instant): Promise<void> {
  const value = `${at} ${randomBytes(4).toString('hex')}`;
  await db
    .insertInto('meta')
    .values({ key: 'rulings', value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

interface Logged extends By {
  readonly action: 'request' | Decision['decide'];
  readonly before?: string;
  readonly why?: string;
}

function onTheLog(
  db: Db,
  { id, change, reason, status }: Proposal,
  { action, before, why, ...by }: Logged,
): Promise<void> {
  return appendAction(db, {
    ...by,
    action: `${change.kind}.${action}`,
    subject: subjectOf(change),
    detail: { proposal: id, change, reason, after: status, ...(before && { before }), ...(why && { why }) },
  });
}

function subjectOf(change: Change): string {
  return change.kind === 'exception' ? change.permission.contractor : change.rule;
}

function proposalOf({ body }: { readonly body: string }): Proposal {
  return JSON.parse(body);
}

const LONG_AGO: Instant = '1970-01-01T00:00:00.000Z';

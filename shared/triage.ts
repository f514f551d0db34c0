import * as z from 'zod/mini';
import { type Instant, instantSchema } from './time.ts';

/** `new` nobody has taken it up; `investigating` somebody works on it; `resolved` it was decided. */
export const TRIAGE_STATUSES = ['new', 'investigating', 'resolved'] as const;
export type TriageStatus = (typeof TRIAGE_STATUSES)[number];

/**
 * `confirmed` the contradiction is real; `benign` it is real and explained; `false-positive` it is not there; `inconclusive` nobody
 * could tell.
 */
export const DECISIONS = ['confirmed', 'benign', 'false-positive', 'inconclusive'] as const;
export type TriageDecision = (typeof DECISIONS)[number];

/** Decisions that take a finding's weight off its contractors. */
export const EXPLAINED: readonly TriageDecision[] = ['benign', 'false-positive'];

const MOST_NOTE = 4_000;
const person = z.string().check(z.trim(), z.minLength(1), z.maxLength(128));
const words = z.string().check(z.trim(), z.minLength(1), z.maxLength(MOST_NOTE));

/** Where the work on a finding or a case stands. `version` counts what was done and grows with everything that is. */
export const triageSchema = z.strictObject({
  version: z.int(),
  status: z.enum(TRIAGE_STATUSES),
  assignee: z.nullable(z.string()),
  decision: z.optional(z.enum(DECISIONS)),
  reason: z.optional(z.string()),
  decidedBy: z.optional(z.string()),
  decidedAt: z.optional(instantSchema),
  /** The case whose decision this is. */
  case: z.optional(z.string()),
  /** When it was taken up again after a decision; a new decision ends that. */
  reopenedAt: z.optional(instantSchema),
});
export type Triage = Readonly<z.infer<typeof triageSchema>>;

/** One thing that was done; steps are only ever added. What a step does not name it left as it was. */
export const stepSchema = z.strictObject({
  version: z.int(),
  at: instantSchema,
  /** Account; `farhand` where nobody did it. */
  by: z.string(),
  system: z.optional(z.literal(true)),
  assignee: z.optional(z.nullable(z.string())),
  status: z.optional(z.enum(TRIAGE_STATUSES)),
  decision: z.optional(z.enum(DECISIONS)),
  reason: z.optional(z.string()),
  case: z.optional(z.string()),
  note: z.optional(z.string()),
});
export type Step = Readonly<z.infer<typeof stepSchema>>;

/** What a person asks for. A decision resolves and needs a reason; another status takes a decision back. */
export const triageChangeSchema = z.strictObject({
  /** Account that is to work on it; null for nobody. */
  assign: z.optional(z.nullable(person)),
  status: z.optional(z.enum(TRIAGE_STATUSES)),
  decision: z.optional(z.enum(DECISIONS)),
  reason: z.optional(words),
  note: z.optional(words),
});
export type TriageChange = Readonly<z.infer<typeof triageChangeSchema>>;

export interface Doer {
  readonly by: string;
  readonly at: Instant;
  /** Nobody did it: the judgement changed. */
  readonly system?: true;
  /** The case whose decision is carried over. */
  readonly case?: string;
}

export type TriageResult =
  | { readonly did: 'something'; readonly triage: Triage; readonly step: Step }
  | { readonly did: 'nothing' }
  | { readonly did: 'refused'; readonly reason: string };

export const UNTOUCHED: Triage = { version: 0, status: 'new', assignee: null };

/** The name under which steps that nobody did stand in a history. */
export const SYSTEM = 'farhand';

/** What a change makes of the work on a finding or a case. */
export function triaged(before: Triage, change: TriageChange, doer: Doer): TriageResult {
  const { decision, reason, note } = change;
  const status = statusAfter(before, change);
  const resolves = status === 'resolved' && (decision !== undefined || before.status !== 'resolved');
  const refused = refusal(change, { resolves, status });
  if (refused !== undefined) return { did: 'refused', reason: refused };
  const assignee = change.assign === undefined ? before.assignee : change.assign;
  const step: Step = {
    version: before.version + 1,
    at: doer.at,
    by: doer.by,
    ...(doer.system && { system: doer.system }),
    ...(assignee !== before.assignee && { assignee }),
    ...(status !== before.status && { status }),
    ...(resolves && decision !== undefined && { decision }),
    ...(resolves && reason !== undefined && { reason }),
    ...(resolves && doer.case !== undefined && { case: doer.case }),
    ...(note !== undefined && { note }),
  };
  if (Object.keys(step).every((name) => IDENTITY.has(name))) return { did: 'nothing' };
  return { did: 'something', triage: applied(before, step), step };
}

/** What a history adds up to. */
export function triageOf(steps: readonly Step[]): Triage {
  return steps.reduce(applied, UNTOUCHED);
}

const IDENTITY: ReadonlySet<string> = new Set(['version', 'at', 'by', 'system']);

function applied(before: Triage, step: Step): Triage {
  const status = step.status ?? before.status;
  const assignee = step.assignee === undefined ? before.assignee : step.assignee;
  const next = { version: step.version, status, assignee };
  if (step.decision !== undefined)
    return {
      ...next,
      decision: step.decision,
      ...(step.reason !== undefined && { reason: step.reason }),
      decidedBy: step.by,
      decidedAt: step.at,
      ...(step.case !== undefined && { case: step.case }),
    };
  if (status === 'resolved') return { ...before, ...next };
  const reopenedAt = before.status === 'resolved' ? step.at : before.reopenedAt;
  return { ...next, ...(reopenedAt !== undefined && { reopenedAt }) };
}

/** Deciding resolves; taking on what is new is the beginning of an investigation. */
function statusAfter(before: Triage, { status, decision, assign }: TriageChange): TriageStatus {
  if (status !== undefined) return status;
  if (decision !== undefined) return 'resolved';
  return before.status === 'new' && assign != null ? 'investigating' : before.status;
}

function refusal(
  { decision, reason }: TriageChange,
  { resolves, status }: { readonly resolves: boolean; readonly status: TriageStatus },
): string | undefined {
  if (decision !== undefined && status !== 'resolved') return 'decision: only what is resolved has one';
  if (resolves && decision === undefined) return 'decision: say what was decided';
  if (resolves && reason === undefined) return 'reason: say why it was decided so';
  if (!resolves && reason !== undefined) return 'reason: it belongs to a decision';
  return undefined;
}

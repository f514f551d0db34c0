import * as z from 'zod/mini';
import { ROLES } from './account.ts';
import { CASE_STATUSES, caseSchema, riskSchema } from './case.ts';
import { advisorySchema } from './catalog/schema.ts';
import { declarationSchema } from './declaration.ts';
import { FACTS, factSchema, GAP_CAUSES, NETWORK_CLASSES } from './facts.ts';
import { findingSchema, SEVERITIES } from './finding.ts';
import { latSchema, lonSchema } from './geo.ts';
import { idSchema, slugSchema } from './ids.ts';
import { changeSchema, proposalSchema } from './proposal.ts';
import { instantSchema } from './time.ts';
import { stepSchema, triageSchema } from './triage.ts';

export const API_PREFIX = '/api/v1';

/** What every failed request answers. `code` is one of `ERRORS`. */
export const problemSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  context: z.optional(z.record(z.string(), z.unknown())),
});

export const signInSchema = z.strictObject({ token: z.string().check(z.minLength(20), z.maxLength(200)) });
export const sessionSchema = z.strictObject({
  account: z.string(),
  role: z.enum(ROLES),
  expiresAt: instantSchema,
});

/** What the collector is, for the console's frame: versions, whether the data is a simulation, where places come from. */
export const statusSchema = z.strictObject({
  version: z.string(),
  startedAt: instantSchema,
  simulation: z.boolean(),
  catalog: z.string(),
  /** Where the collector stands, if it was told. */
  place: z.optional(z.strictObject({ lat: latSchema, lon: lonSchema })),
  /** Answers of mirrors that agents brought since the start, where mirrors are configured. */
  mirrors: z.optional(
    z.strictObject({
      accepted: z.number(),
      refused: z.strictObject({
        forged: z.number(),
        replayed: z.number(),
        stale: z.number(),
        hasty: z.number(),
      }),
    }),
  ),
  geo: z.strictObject({
    /** Name and date of the database in force, or why there is none. */
    description: z.string(),
    /** Links that the licenses of all data in force ask for. */
    attributions: z.array(z.strictObject({ text: z.string(), url: z.string() })),
  }),
  /** Absent where a proxy speaks TLS, and on loopback without it. */
  certificate: z.optional(
    z.strictObject({
      /** SHA-256 of the public key, as agents pin it. */
      pin: z.string(),
      expiresAt: instantSchema,
      /** It ends within 30 days, or has ended. */
      expiring: z.boolean(),
    }),
  ),
  /** The last UTC day whose root was signed, and how many signed days an anchor outside does not have yet. */
  days: z.optional(z.strictObject({ signedThrough: z.nullable(z.string()), unanchored: z.number() })),
  /** Forwarding headers of who is no configured proxy, and proxies' connections without the PROXY header that was agreed. */
  ignoredForwarding: z.optional(z.number()),
  counts: z.strictObject({
    contractors: z.number(),
    /** Endpoints that are not revoked. */
    endpoints: z.number(),
    online: z.number(),
    /** Open findings that nobody decided on yet. */
    open: z.number(),
    /** Cases that are new or under investigation. */
    cases: z.number(),
  }),
  /** The newest feed entry: a reader who loads views first starts its feed here. */
  cursor: z.number(),
});

export const spanSchema = z.strictObject({
  id: z.string(),
  endpoint: z.string(),
  contractor: z.string(),
  kind: z.enum(Object.values(FACTS).map(({ name }) => name)),
  source: z.enum(['agent', 'collector']),
  from: instantSchema,
  to: z.nullable(instantSchema),
  /** The agent's own, uncorrected time of `from`. */
  fromRaw: z.optional(instantSchema),
  /** Where the evidence stands: the sealed batch that holds this sequence number. */
  evidence: z.optional(z.strictObject({ epoch: z.string(), seq: z.number() })),
  fact: factSchema,
});

export const contractorRowSchema = z.strictObject({
  id: idSchema,
  label: z.nullable(z.string()),
  declaration: z.nullable(declarationSchema),
  /** Endpoints that are not revoked. */
  endpoints: z.number(),
  online: z.number(),
  lastSeenAt: z.nullable(instantSchema),
  /** Open findings by severity; every severity is there. */
  open: z.record(z.enum(SEVERITIES), z.number()),
});

export const endpointRowSchema = z.strictObject({
  id: idSchema,
  contractor: idSchema,
  contractorLabel: z.nullable(z.string()),
  hostname: z.string(),
  agentVersion: z.string(),
  enrolledAt: instantSchema,
  lastSeenAt: z.nullable(instantSchema),
  revokedAt: z.nullable(instantSchema),
  revokedReason: z.nullable(z.string()),
  /** What the same machine, by its serial number, was enrolled as before. */
  enrolledBefore: z.nullable(idSchema),
  online: z.boolean(),
  /** Latest public address seen, with what is known of it. */
  egress: z.nullable(FACTS.egress.schema),
  platform: z.nullable(FACTS.platform.schema),
  /** The agent's own fact: versions and the health of each probe. */
  agent: z.nullable(FACTS.agent.schema),
});

export const revokeSchema = z.strictObject({
  reason: z.string().check(z.trim(), z.minLength(1), z.maxLength(500)),
});

export const gapSchema = z.strictObject({
  id: z.number(),
  epoch: z.string(),
  first: z.number(),
  /** Below `first` where nothing is known to be missing. */
  last: z.number(),
  cause: z.string(),
  at: instantSchema,
});

/** A row of the gap ledger. */
export const ledgerRowSchema = z.strictObject({
  ...gapSchema.shape,
  endpoint: idSchema,
  contractor: idSchema,
  /** Observations that are known to be missing. */
  missing: z.number(),
  /** Of a clone: the boots that spoke with one key, and from where. */
  boots: z.optional(z.array(z.string())),
  addresses: z.optional(z.array(z.string())),
  /** Of a clock step: by how much, forward positive. */
  stepMs: z.optional(z.number()),
  /** Of a spool that overflowed: how many of each kind of fact. */
  kinds: z.optional(z.record(z.string(), z.number())),
});

/** What was happening around a hole, from what is known of the time before and after. */
export const surroundingsSchema = z.strictObject({
  /** What was true at that moment, newest first; 20 at most. */
  open: z.array(spanSchema),
  /** The connection before or during it, and the first one after it. */
  before: z.nullable(spanSchema),
  after: z.nullable(spanSchema),
  /** The boot in which the agent last spoke before it, and first after it. */
  bootBefore: z.nullable(z.string()),
  bootAfter: z.nullable(z.string()),
});

const page = {
  /** Opaque; as `next` of the page before. */
  cursor: z.optional(z.string().check(z.maxLength(200))),
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200))),
};
export const gapsQuerySchema = z.strictObject({ cause: z.optional(z.enum(GAP_CAUSES)), ...page });
/** Newest first. */
export const gapsPageSchema = z.strictObject({
  gaps: z.array(ledgerRowSchema),
  next: z.nullable(z.string()),
});
export const endpointGapsQuerySchema = z.strictObject({
  ...page,
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(50))),
});
/** Newest first. */
export const endpointGapsSchema = z.strictObject({
  gaps: z.array(z.strictObject({ gap: ledgerRowSchema, around: surroundingsSchema })),
  next: z.nullable(z.string()),
});

export const SILENCE_KINDS = ['asleep', 'shut-down', 'agent-stopped', 'network-down', 'unknown'] as const;
const silencePart = {
  from: instantSchema,
  to: z.nullable(instantSchema),
  why: z.enum(SILENCE_KINDS),
};
export const silenceSchema = z.strictObject({
  ...silencePart,
  parts: z.array(z.strictObject(silencePart)),
});
/** Of the last 30 days, newest first; 200 at most. */
export const silencesSchema = z.strictObject({ silences: z.array(silenceSchema) });

/** Every indicator of the advisories, and the rules that answer it; where there are none, why. */
export const advisoriesSchema = z.array(
  z.strictObject({
    ...advisorySchema.shape,
    rules: z.array(slugSchema),
    /** Null where a rule answers. */
    reason: z.nullable(z.string()),
  }),
);

/** What a rule says of itself, for people. */
export const ruleDocSchema = z.strictObject({
  id: slugSchema,
  title: z.string(),
  advisories: z.array(
    z.strictObject({
      id: z.string(),
      publisher: z.string(),
      title: z.string(),
      published: z.string(),
      indicator: z.string(),
      url: z.optional(z.string()),
      confidence: z.string(),
    }),
  ),
  attack: z.array(z.string()),
  /** Parts of the declaration that it holds against what was observed. */
  contradicts: z.array(z.keyof(declarationSchema)),
  falsePositives: z.array(z.string()),
  blindSpots: z.array(z.string()),
  triage: z.array(z.string()),
});

export const findingDetailSchema = z.strictObject({
  finding: findingSchema,
  /** Null when this version has no such rule any more. */
  rule: z.nullable(ruleDocSchema),
  /** What it rests on, oldest first; 500 at most. */
  spans: z.array(spanSchema),
  contractors: z.array(contractorRowSchema),
  triage: triageSchema,
  history: z.array(stepSchema),
  /** The highest risk among its contractors, as of the last change. */
  risk: z.number(),
  /** Cases that it belongs to, the latest first; those that were merged are left out. */
  cases: z.array(z.string()),
});

export const casesQuerySchema = z.strictObject({
  status: z.optional(z.enum(CASE_STATUSES)),
  /** Opaque; as `next` of the page before. */
  cursor: z.optional(z.string().check(z.maxLength(200))),
  limit: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(200))),
});
/** Latest change first. */
export const casesPageSchema = z.strictObject({
  cases: z.array(z.strictObject({ ...caseSchema.shape, triage: triageSchema })),
  next: z.nullable(z.string()),
});
export const caseDetailSchema = z.strictObject({
  case: caseSchema,
  /** In order of time, each with what its contractors declared that it contradicts. */
  findings: z.array(
    z.strictObject({
      finding: findingSchema,
      triage: triageSchema,
      declared: z.array(z.strictObject({ contractor: idSchema, declaration: declarationSchema })),
    }),
  ),
  contractors: z.array(z.strictObject({ contractor: contractorRowSchema, risk: riskSchema })),
  triage: triageSchema,
  history: z.array(stepSchema),
  /** What to do, for each rule that speaks in this case. */
  steps: z.array(z.strictObject({ rule: slugSchema, title: z.string(), triage: z.array(z.string()) })),
});

export const previewRequestSchema = z.strictObject({ change: changeSchema });

const outcomeSchema = z.pick(findingSchema, {
  rule: true,
  scope: true,
  subject: true,
  contractors: true,
  severity: true,
  key: true,
  reason: true,
  from: true,
  to: true,
  outcome: true,
});
/** What a change would do to findings; the first 200 are named. */
export const previewSchema = z.strictObject({
  count: z.number(),
  changes: z.array(
    z.strictObject({
      change: z.enum(['changed', 'removed', 'added']),
      outcome: outcomeSchema,
      /** The fields that would change. */
      with: z.optional(z.partial(outcomeSchema)),
    }),
  ),
});

export const contractorDetailSchema = z.strictObject({
  contractor: contractorRowSchema,
  endpoints: z.array(endpointRowSchema),
  risk: riskSchema,
  /** Asked for, granted, refused or over, latest request first; 100 at most. */
  exceptions: z.array(proposalSchema),
  /** The latest 200, newest first. */
  findings: z.array(findingSchema),
  /** The latest 200 spans, newest first. */
  spans: z.array(spanSchema),
});

export const endpointDetailSchema = z.strictObject({
  endpoint: endpointRowSchema,
  /** Id of the token that it enrolled with; null where that was not noted yet. */
  token: z.nullable(z.string()),
  /** Its chains of sealed batches, one for each spool that it had, newest first; 50 at most. */
  chains: z.array(
    z.strictObject({
      epoch: z.string(),
      /** Everything up to here is committed. */
      through: z.number(),
      startedAt: instantSchema,
      /** Null for the one that goes on. */
      closedAt: z.nullable(instantSchema),
    }),
  ),
  /** What is true of it now: its open spans. */
  now: z.array(spanSchema),
  /** The latest 200 spans that ended, newest first. */
  past: z.array(spanSchema),
  /** The latest 200, newest first. */
  gaps: z.array(gapSchema),
  evidence: z.strictObject({
    batches: z.number(),
    observations: z.number(),
    /** Batches that came again, as after a lost acknowledgement. */
    repeated: z.number(),
    /** Batches that contradicted what was stored. */
    contradicted: z.number(),
  }),
});

export const placeRowSchema = z.strictObject({
  /** `egress:198.51.100.7`, `gateway:<hash>` … */
  id: z.string(),
  kind: z.enum(['egress', 'gateway', 'access-point', 'display', 'usb', 'machine']),
  /** How many contractors were there, ever. */
  visitors: z.number(),
  firstAt: instantSchema,
  /** Null while somebody is there. */
  lastAt: z.nullable(instantSchema),
});
export const placeDetailSchema = z.strictObject({
  place: placeRowSchema,
  /** Classes of the networks that an egress address was seen with; empty for what is no address. */
  networkClasses: z.array(z.enum(NETWORK_CLASSES)),
  /** Whether contractors of different declared sites were there at the same time. Of the latest 10,000 stays. */
  company: z.strictObject({
    how: z.enum(['alone', 'together', 'in turn']),
    togetherMs: z.number(),
    from: z.nullable(instantSchema),
    to: z.nullable(instantSchema),
  }),
  /** Who, when; the latest first. 500 at most. */
  visitors: z.array(
    z.strictObject({
      contractor: idSchema,
      label: z.nullable(z.string()),
      sharedSite: z.nullable(z.string()),
      endpoints: z.array(z.string()),
      stays: z.number(),
      firstAt: instantSchema,
      lastAt: z.nullable(instantSchema),
    }),
  ),
  /** The latest 200 stays, newest first. */
  stays: z.array(
    z.strictObject({
      span: z.string(),
      contractor: idSchema,
      endpoint: idSchema,
      from: instantSchema,
      to: z.nullable(instantSchema),
    }),
  ),
  /** The latest 200 about this place, newest first. */
  findings: z.array(findingSchema),
});

export const FEED_TOPICS = ['finding', 'endpoint', 'contractor', 'case', 'proposal', 'token'] as const;
export const feedQuerySchema = z.strictObject({
  /** Everything after this entry is told; without it, what comes from now on. A Last-Event-ID header counts for more. */
  cursor: z.optional(z.coerce.number().check(z.int(), z.minimum(0))),
});

/**
 * One server-sent event without a name; its `id` is the cursor. Two events have names: `reset` with a `feedResetSchema`, and
 * `error` with a problem, after which the stream ends.
 */
export const feedEntrySchema = z.strictObject({
  id: z.number(),
  at: instantSchema,
  topic: z.enum(FEED_TOPICS),
  ref: z.string(),
});

/** The cursor was not from this database: load the views again, the feed goes on after `cursor`. */
export const feedResetSchema = z.strictObject({ cursor: z.number() });

export type Problem = z.infer<typeof problemSchema>;
export type Session = z.infer<typeof sessionSchema>;
export type Status = z.infer<typeof statusSchema>;
export type SpanView = z.infer<typeof spanSchema>;
export type ContractorRow = z.infer<typeof contractorRowSchema>;
export type EndpointRow = z.infer<typeof endpointRowSchema>;
export type Advisories = z.infer<typeof advisoriesSchema>;
export type RuleDoc = z.infer<typeof ruleDocSchema>;
export type CasesQuery = z.infer<typeof casesQuerySchema>;
export type CaseDetail = z.infer<typeof caseDetailSchema>;
export type FindingDetail = z.infer<typeof findingDetailSchema>;
export type ContractorDetail = z.infer<typeof contractorDetailSchema>;
export type EndpointDetail = z.infer<typeof endpointDetailSchema>;
export type LedgerRow = z.infer<typeof ledgerRowSchema>;
export type Surroundings = z.infer<typeof surroundingsSchema>;
export type GapsQuery = z.infer<typeof gapsQuerySchema>;
export type GapsPage = z.infer<typeof gapsPageSchema>;
export type EndpointGaps = z.infer<typeof endpointGapsSchema>;
export type SilenceKind = (typeof SILENCE_KINDS)[number];
export type SilenceView = z.infer<typeof silenceSchema>;
export type PlaceRow = z.infer<typeof placeRowSchema>;
export type Preview = z.infer<typeof previewSchema>;
export type PlaceDetail = z.infer<typeof placeDetailSchema>;
export type FeedEntry = z.infer<typeof feedEntrySchema>;

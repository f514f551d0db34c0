import type { Generated } from 'kysely';

/**
 * The tables, as Kysely sees them. Times are `Instant` text (UTC with milliseconds, so text order is time order), facts and
 * bodies are JSON text that was validated before it was stored, flags are 0 or 1.
 */
export interface Tables {
  meta: { key: string; value: string };

  contractors: {
    id: string;
    /** What people call them; shown, never judged. */
    label: string | null;
    /** JSON of a Declaration; null when nobody imported one. */
    declaration: string | null;
    updated_at: string;
    /** What the open findings add up to, reckoned when one of them last changed. */
    risk: Generated<number>;
    risk_at: string | null;
  };

  endpoints: {
    id: string;
    contractor: string;
    hostname: string;
    /** Raw Ed25519 public key, base64url. */
    public_key: string;
    agent_version: string;
    enrolled_at: string;
    /** Collector time of the last sign of life: frame, pong or close. */
    last_seen_at: string | null;
    revoked_at: string | null;
    revoked_reason: string | null;
    /** Keyed hash of the machine's serial number, as its agent told it first. */
    machine: string | null;
    /** The endpoint that this machine was before, when its serial number was known already. */
    enrolled_before: string | null;
    /** Id of the token that it enrolled with. */
    token: Generated<string | null>;
    /** Batches that came again, as after a lost ack. */
    repeated: Generated<number>;
    /** Batches that contradicted what was stored. */
    contradicted: Generated<number>;
  };

  /** The boots in which an endpoint spoke: one that comes back after another means two machines with one key. */
  boots: {
    endpoint: string;
    boot: string;
    /** Of its last hello, as the next two. */
    epoch: string;
    address: string;
    /** Added to the agent's clock to get the collector's. */
    offset_ms: number;
    first_at: string;
    last_at: string;
  };

  enrollment_tokens: {
    /** SHA-256 of the secret, hex. */
    hash: string;
    contractor: string | null;
    uses_left: number;
    created_at: string;
    expires_at: string;
    created_by: Generated<string>;
    revoked_at: string | null;
    /** How often somebody tried it in vain. */
    refused: Generated<number>;
  };

  /** Head of the chain, one row per spool. `acked` is the durable high-water mark. */
  cursors: {
    endpoint: string;
    epoch: string;
    acked: number;
    head: string;
    started_at: string;
    /** Set when a newer epoch took over. */
    closed_at: string | null;
  };

  /** Evidence: one row per sealed batch, payload deflated (raw). */
  batches: {
    id: Generated<number>;
    endpoint: string;
    epoch: string;
    first: number;
    last: number;
    prev: string;
    hash: string;
    signature: string;
    /** Added to the agent's clock to get the collector's. */
    offset_ms: number;
    received_at: string;
    payload: Uint8Array;
  };

  spans: {
    id: Generated<number>;
    endpoint: string;
    contractor: string;
    kind: string;
    key: string;
    source: string;
    /** Corrected time. */
    from: string;
    /** Corrected time; null while it goes on. */
    to: string | null;
    /** The agent's own time of `from`; null for what the collector saw. */
    from_raw: string | null;
    /** Where it stands in the evidence: epoch and sequence number of its `began` or `noted`. */
    epoch: string | null;
    seq: number | null;
    fact: string;
    /** When the collector learned of it; null where it was at `from`. */
    known_at: string | null;
    /** When the collector learned of `to`; null where it was at `to`, or with the span itself. */
    end_known_at: string | null;
  };

  /** Stays at places that several contractors could share; one row per span and place that it tells of. */
  visits: {
    span: number;
    /** As `placesOf` names it: `egress:198.51.100.7`, `gateway:<hash>` … */
    place: string;
    contractor: string;
    endpoint: string;
    from: string;
    to: string | null;
    network_class: string;
  };

  gaps: {
    id: Generated<number>;
    endpoint: string;
    epoch: string;
    first: number;
    last: number;
    cause: string;
    at: string;
    /** JSON of what the gap's fact carries besides: boots and addresses of a clone, a clock's step, what a spool dropped. */
    detail: string | null;
  };

  /** Subjects to be judged again. `mark` grows with every change, so a change during judgement is not lost. */
  dirty_subjects: { scope: string; subject: string; mark: number; marked_at: string };

  findings: {
    id: string;
    rule: string;
    scope: string;
    subject: string;
    key: string;
    severity: string;
    outcome: string;
    from: string;
    to: string | null;
    found_at: string;
    updated_at: string;
    /** JSON of the whole Finding. */
    body: string;
    /** As in the body, where the queue filters and sorts by them; the rank is the severity's place from 0, `info`. */
    title: string;
    family: string;
    severity_rank: number;
    /** The highest risk among its contractors, as it was when one of theirs last changed. */
    risk: Generated<number>;
    /** As in `triage`. */
    status: Generated<string>;
    assignee: string | null;
    /** JSON of a Triage; null while nobody did anything. */
    triage: string | null;
  };

  /** Findings as they stood after each change that people would call one; `finding-versions.ts` says which. */
  finding_versions: { id: Generated<number>; finding: string; at: string; body: string };
  /** Whom a finding ever concerned. */
  finding_concerned: { contractor: string; finding: string };

  declaration_versions: {
    id: Generated<number>;
    contractor: string;
    known_from: string;
    declaration: string | null;
    /** Who told it; empty where that was not kept. */
    actor: string;
    /** 1 for what was there already when history began. */
    assumed: Generated<number>;
  };

  /** Whoever and whatever must not be purged. Somebody asks for the release and another person grants it. */
  holds: {
    id: string;
    /** `contractor` or `case`. */
    scope: string;
    subject: string;
    reason: string;
    placed_by: string;
    placed_at: string;
    release_by: string | null;
    release_at: string | null;
    release_reason: string | null;
    released_by: string | null;
    released_at: string | null;
  };

  /** What was purged, signed; `body` is the exact text that was signed. */
  tombstones: {
    id: Generated<number>;
    class: string;
    /** Null where it concerns more than one contractor. */
    contractor: string | null;
    from: string;
    until: string;
    at: string;
    body: string;
    key_id: string;
    signature: string;
  };

  finding_contractors: { finding: string; contractor: string };

  cases: {
    id: string;
    status: string;
    opened_at: string;
    updated_at: string;
    /** JSON of the whole Case. */
    body: string;
    /** JSON of a Triage; null while nobody did anything. */
    triage: string | null;
  };
  case_contractors: { case: string; contractor: string };
  case_findings: { case: string; finding: string };

  /** What may hide findings: exceptions and settings of rules, each asked for by one person and decided by another. */
  proposals: {
    id: string;
    /** `exception` or `settings`. */
    kind: string;
    /** Contractor id, or rule id. */
    subject: string;
    status: string;
    requested_at: string;
    /** JSON of the whole Proposal. */
    body: string;
  };

  /** All that was done to findings and cases, one row per version. */
  triage_steps: {
    /** `finding` or `case`. */
    about: string;
    subject: string;
    version: number;
    /** JSON of a Step. */
    body: string;
  };

  saved_filters: { account: string; name: string; query: string; saved_at: string };

  /** What consoles are told: a cursor to read from and what changed. */
  feed: {
    id: Generated<number>;
    at: string;
    /** One of FEED_TOPICS. */
    topic: string;
    ref: string;
  };

  /** What an account has seen on the overview, and that it wants the first-run checklist no more. */
  overview_marks: {
    account: string;
    seen_at: string | null;
    /** The feed entry up to which it has seen. */
    seen_feed: number | null;
    dismissed_at: string | null;
  };

  /** When findings got worse and were resolved; written by triggers. */
  finding_turns: {
    id: Generated<number>;
    finding: string;
    at: string;
    /** `worse` or `resolved`. */
    what: string;
    /** The severity or outcome before. */
    was: string;
  };

  sign_in_links: { hash: string; account: string; expires_at: string; used_at: string | null };

  accounts: {
    /** Unique whatever its case. */
    name: string;
    role: string;
    /** Whom the identity provider knows this account as; null for local accounts. */
    issuer: string | null;
    subject: string | null;
    /** Scrypt, with its parameters and salt; null where none was set. */
    password: string | null;
    created_at: string;
    disabled_at: string | null;
    last_sign_in_at: string | null;
    version: Generated<number>;
  };

  web_sessions: {
    /** SHA-256 of what the cookie holds, hex. */
    hash: string;
    /** What people may know of it. */
    id: string;
    account: string;
    /** `link`, `password` or `oidc`. */
    way: string;
    /** The address that signed in. */
    source: string;
    created_at: string;
    expires_at: string;
    /** The last request that a person caused, to the minute. */
    used_at: string;
  };

  api_tokens: {
    id: string;
    /** SHA-256 of the token, hex. */
    hash: string;
    name: string;
    /** Whose role bounds what it may do. */
    account: string;
    /** JSON array of rights. */
    scopes: string;
    created_at: string;
    created_by: string;
    expires_at: string;
    used_at: string | null;
    revoked_at: string | null;
  };

  /** Who did what, hash-chained: `hash` covers the row and the `hash` before it. */
  actions: {
    id: Generated<number>;
    at: string;
    actor: string;
    source: string;
    action: string;
    subject: string;
    detail: string;
    prev: string;
    hash: string;
  };

  /** One signed root per UTC day that is over; `shared/pack.ts` says what its columns mean. */
  day_roots: {
    day: string;
    batches_through: number;
    actions_through: number;
    actions: number;
    actions_root: string;
    heads: number;
    heads_root: string;
    prev: string;
    hash: string;
    public_key: string;
    signature: string;
  };
  /** The leaves of `heads_root`: where each spool stood that delivered on that day. */
  day_heads: {
    day: string;
    endpoint: string;
    epoch: string;
    acked: number;
    head: string;
    received_at: string;
  };
  /** Which day was written to which anchor outside. */
  anchorings: { day: string; target: string; at: string };

  /** Packs that people asked for in the console. */
  exports: {
    id: string;
    status: string;
    requested_at: string;
    /** JSON of the whole Export. */
    body: string;
  };

  /** Audit packs that are made by the clock. */
  schedules: {
    id: string;
    version: number;
    enabled: number;
    /** The first due time that nobody claimed yet; null where there is none. */
    next_due: string | null;
    /** Where the period of the last claim ended: a run `since-last` begins there. */
    covered_to: string;
    created_at: string;
    created_by: string;
    succeeded_at: string | null;
    failures: number;
    /** JSON of its ScheduleSettings. */
    body: string;
  };
  schedule_runs: {
    schedule: string;
    due: string;
    status: string;
    /** When it is to be tried; null once it is over. */
    retry_at: string | null;
    /** JSON of the whole ScheduleRun. */
    body: string;
  };
}

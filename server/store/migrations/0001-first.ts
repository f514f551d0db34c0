/** Statements of the first schema; `schema.ts` says what the columns mean. */
export const first: readonly string[] = [
  `create table meta (key text primary key, value text not null) strict`,
  `create table contractors (id text primary key, label text, declaration text, updated_at text not null) strict`,
  `create table endpoints (
    id text primary key, contractor text not null references contractors (id), hostname text not null,
    public_key text not null unique, agent_version text not null, enrolled_at text not null,
    last_seen_at text, revoked_at text) strict`,
  `create index endpoints_by_contractor on endpoints (contractor)`,
  `create table enrollment_tokens (
    hash text primary key, contractor text, uses_left integer not null, created_at text not null, expires_at text not null) strict`,
  `create table cursors (
    endpoint text not null, epoch text not null, acked integer not null, head text not null,
    started_at text not null, closed_at text, primary key (endpoint, epoch)) strict`,
  `create table batches (
    id integer primary key, endpoint text not null, epoch text not null, first integer not null, last integer not null,
    prev text not null, hash text not null, signature text not null, offset_ms integer not null,
    received_at text not null, payload blob not null) strict`,
  `create index batches_by_place_in_chain on batches (endpoint, epoch, first)`,
  `create table spans (
    id integer primary key, endpoint text not null, contractor text not null, kind text not null, key text not null,
    source text not null, "from" text not null, "to" text, from_raw text, epoch text, seq integer, fact text not null) strict`,
  `create index open_spans on spans (endpoint, key) where "to" is null`,
  `create index spans_by_contractor on spans (contractor, "from")`,
  `create table visits (
    span integer primary key, place text not null, contractor text not null, endpoint text not null,
    "from" text not null, "to" text, network_class text not null) strict`,
  `create index open_visits on visits (endpoint) where "to" is null`,
  `create index spans_by_endpoint_and_kind on spans (endpoint, kind)`,
  `create index visits_by_place on visits (place, "from")`,
  `create table gaps (
    id integer primary key, endpoint text not null, epoch text not null, first integer not null, last integer not null,
    cause text not null, at text not null) strict`,
  `create index gaps_by_endpoint on gaps (endpoint, at)`,
  `create table dirty_subjects (
    scope text not null, subject text not null, mark integer not null, marked_at text not null, primary key (scope, subject)) strict`,
  `create table findings (
    id text primary key, rule text not null, scope text not null, subject text not null, key text not null,
    severity text not null, outcome text not null, "from" text not null, "to" text,
    found_at text not null, updated_at text not null, body text not null) strict`,
  `create unique index findings_by_subject on findings (scope, subject, rule, key)`,
  `create index findings_by_time on findings (updated_at)`,
  `create table finding_contractors (finding text not null, contractor text not null, primary key (finding, contractor)) strict`,
  `create index findings_of_contractor on finding_contractors (contractor)`,
  `create table feed (id integer primary key autoincrement, at text not null, topic text not null, ref text not null) strict`,
  `create table sign_in_links (hash text primary key, account text not null, expires_at text not null, used_at text) strict`,
  `create table web_sessions (hash text primary key, account text not null, created_at text not null, expires_at text not null) strict`,
  `create table actions (
    id integer primary key, at text not null, actor text not null, source text not null, action text not null,
    subject text not null, detail text not null, prev text not null, hash text not null) strict`,
];

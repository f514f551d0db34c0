/** Schedules of audit packs, and each due time of theirs: the row is the claim, so none is made twice. */
export const schedules: readonly string[] = [
  `create table schedules (
    id text primary key, version integer not null, enabled integer not null, next_due text, covered_to text not null,
    created_at text not null, created_by text not null, succeeded_at text, failures integer not null, body text not null) strict`,
  `create table schedule_runs (
    schedule text not null, due text not null, status text not null, retry_at text, body text not null,
    primary key (schedule, due)) strict, without rowid`,
  `create index schedule_runs_open on schedule_runs (retry_at) where status in ('waiting', 'running', 'failed')`,
];

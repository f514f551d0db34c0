/**
 * The work on findings and cases: where it stands beside what it is about, and every step of it in a table of its own. One index
 * holds all that the queue filters, sorts and counts by, so that no body is read for a row that is not shown.
 */
export const triage: readonly string[] = [
  `alter table findings add column title text not null default ''`,
  `alter table findings add column family text not null default ''`,
  `alter table findings add column severity_rank integer not null default 0`,
  `alter table findings add column risk real not null default 0`,
  `alter table findings add column status text not null default 'new'`,
  `alter table findings add column assignee text`,
  `alter table findings add column triage text`,
  `update findings set title = body ->> 'title', family = body ->> 'family', severity_rank = case severity
    when 'critical' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end`,
  `create index findings_queue on findings (
    outcome, status, severity_rank, updated_at, found_at, risk, rule, family, assignee, severity, title, id)`,
  `drop index findings_by_outcome`,
  `alter table contractors add column risk real not null default 0`,
  `alter table contractors add column risk_at text`,
  `alter table cases add column triage text`,
  `create table triage_steps (
    about text not null, subject text not null, version integer not null, body text not null,
    primary key (about, subject, version)) strict, without rowid`,
  `create table saved_filters (
    account text not null, name text not null, query text not null, saved_at text not null,
    primary key (account, name)) strict, without rowid`,
];

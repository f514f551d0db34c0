/** Exceptions and settings of rules, from request to decision. */
export const proposals: readonly string[] = [
  `create table proposals (
    id text primary key, kind text not null, subject text not null, status text not null,
    requested_at text not null, body text not null) strict`,
  `create index proposals_by_status on proposals (status, requested_at)`,
];

/** Who made tokens and what became of them, why endpoints were revoked, and which machine was enrolled before. */
export const trust: readonly string[] = [
  `alter table enrollment_tokens add column created_by text not null default ''`,
  `alter table enrollment_tokens add column revoked_at text`,
  `alter table enrollment_tokens add column refused integer not null default 0`,
  `alter table endpoints add column revoked_reason text`,
  `alter table endpoints add column machine text`,
  `alter table endpoints add column enrolled_before text`,
  `create index revoked_endpoints on endpoints (id) where revoked_at is not null`,
  `create index endpoints_of_machine on endpoints (machine, enrolled_at) where machine is not null`,
  `create index endpoints_of_no_known_machine on endpoints (id) where machine is null`,
];

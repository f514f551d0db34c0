/** The gap ledger tells rules and people more: gaps become spans, boots are remembered, repeats and contradictions counted. */
export const ledger: readonly string[] = [
  `alter table gaps add column detail text`,
  `alter table endpoints add column repeated integer not null default 0`,
  `alter table endpoints add column contradicted integer not null default 0`,
  `create table boots (
    endpoint text not null, boot text not null, epoch text not null, address text not null, offset_ms integer not null,
    first_at text not null, last_at text not null, primary key (endpoint, boot)) strict`,
  `create index gaps_by_time on gaps (at, id)`,
  `insert into spans (endpoint, contractor, kind, key, source, "from", "to", fact)
    select g.endpoint, e.contractor, 'gap', 'gap|' || g.epoch || '|' || g.first, 'collector', g.at, g.at,
      json_object('kind', 'gap', 'epoch', g.epoch, 'first', g.first, 'last', g.last, 'cause', g.cause)
    from gaps g join endpoints e on e.id = g.endpoint`,
];

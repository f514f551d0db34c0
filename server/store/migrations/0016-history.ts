/**
 * What was known when, and what is kept how long. Rows from before have what can be known of them: spans the arrival of their batch,
 * declarations and findings the moment of their latest change. `history-from` in `meta` says from when on nothing is guessed; a store
 * that began empty has none.
 */
export const history: readonly string[] = [
  `alter table spans add column known_at text`,
  `alter table spans add column end_known_at text`,
  `update spans set known_at = (
      select received_at from batches where batches.endpoint = spans.endpoint and batches.epoch = spans.epoch
        and batches.first <= spans.seq order by batches.first desc limit 1)
    where epoch is not null and seq is not null`,
  `create table declaration_versions (
    id integer primary key, contractor text not null, known_from text not null, declaration text,
    actor text not null, assumed integer not null default 0) strict`,
  `create index declaration_versions_of on declaration_versions (contractor, known_from)`,
  `insert into declaration_versions (contractor, known_from, declaration, actor, assumed)
    select id, updated_at, declaration, '', 1 from contractors where declaration is not null`,
  `create table finding_versions (id integer primary key, finding text not null, at text not null, body text not null) strict`,
  `create index finding_versions_of on finding_versions (finding, at)`,
  `create index finding_versions_by_time on finding_versions (at)`,
  `insert into finding_versions (finding, at, body) select id, updated_at, body from findings`,
  `create table finding_concerned (
    contractor text not null, finding text not null, primary key (contractor, finding)) strict, without rowid`,
  `insert into finding_concerned (contractor, finding) select contractor, finding from finding_contractors`,
  `insert into meta (key, value)
    select 'history-from', strftime('%Y-%m-%dT%H:%M:%fZ', 'now') where exists (select 1 from contractors)`,
  `create table holds (
    id text primary key, scope text not null, subject text not null, reason text not null,
    placed_by text not null, placed_at text not null, release_by text, release_at text, release_reason text,
    released_by text, released_at text) strict`,
  `create table tombstones (
    id integer primary key, class text not null, contractor text, "from" text not null, until text not null,
    at text not null, body text not null, key_id text not null, signature text not null) strict`,
  `create index tombstones_of on tombstones (class, contractor, until)`,
];

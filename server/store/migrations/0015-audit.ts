/** Signed days, where they were anchored, and packs that people asked for. */
export const audit: readonly string[] = [
  `create table day_roots (
    day text primary key, batches_through integer not null, actions_through integer not null, actions integer not null,
    actions_root text not null, heads integer not null, heads_root text not null, prev text not null, hash text not null,
    public_key text not null, signature text not null) strict, without rowid`,
  `create table day_heads (
    day text not null, endpoint text not null, epoch text not null, acked integer not null, head text not null,
    received_at text not null, primary key (day, endpoint, epoch)) strict, without rowid`,
  `create table anchorings (day text not null, target text not null, at text not null, primary key (day, target)) strict, without rowid`,
  `create table exports (id text primary key, status text not null, requested_at text not null, body text not null) strict`,
];

/**
 * Accounts with roles; sessions and API tokens that belong to them. Whoever was signed in before signs in anew: those sessions
 * belong to no account.
 */
export const accounts: readonly string[] = [
  `create table accounts (
    name text primary key collate nocase, role text not null, issuer text, subject text, password text,
    created_at text not null, disabled_at text, last_sign_in_at text, version integer not null default 1) strict`,
  `create unique index accounts_by_identity on accounts (issuer, subject) where issuer is not null`,
  `delete from sign_in_links`,
  `drop table web_sessions`,
  `create table web_sessions (
    hash text primary key, id text not null unique, account text not null references accounts (name), way text not null,
    source text not null, created_at text not null, expires_at text not null, used_at text not null) strict`,
  `create index web_sessions_by_account on web_sessions (account)`,
  `create table api_tokens (
    id text primary key, hash text not null unique, name text not null, account text not null references accounts (name),
    scopes text not null, created_at text not null, created_by text not null, expires_at text not null,
    used_at text, revoked_at text) strict`,
  `create index actions_by_actor on actions (actor, id)`,
  `create index actions_by_subject on actions (subject, id)`,
  `create index actions_by_at on actions (at)`,
];

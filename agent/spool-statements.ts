import type { DatabaseSync } from 'node:sqlite';
import * as z from 'zod/mini';

/** How many observations, and how many bytes. */
export const sumRow = z.object({ count: z.number(), bytes: z.number() });

/** Every write of the spool and the readings that only it needs, prepared once. */
export function spoolStatements(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql);
  return {
    begin: prepare(
      `insert into spool (id, endpoint, epoch, next, head) values (1, :endpoint, :epoch, 1, :head)
       on conflict (id) do update set endpoint = :endpoint, epoch = :epoch, next = 1, head = :head`,
    ),
    add: prepare('insert into unsealed (seq, body, bytes) values (?, ?, ?)'),
    advance: prepare('update spool set next = ?'),
    alive: prepare('update spool set alive = ?'),
    keep: prepare(
      'insert into kept (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    ),
    open: prepare(
      'insert into open_facts (key, fact) values (?, ?) on conflict (key) do update set fact = excluded.fact',
    ),
    close: prepare('delete from open_facts where key = ?'),
    unsealed: prepare('select count(*) as count, coalesce(sum(bytes), 0) as bytes from unsealed'),
    waiting: prepare(
      `select coalesce(sum(last - first + 1), 0) as count, coalesce(sum(bytes), 0) as bytes
       from batches where epoch = ? and fate = 'waiting'`,
    ),
    first: prepare(
      `select header, payload from batches where epoch = ? and fate = 'waiting' and first > ? order by first limit 1`,
    ),
    /** Whether a batch, or what is not sealed yet, holds this number without ending there. */
    across: prepare(
      `select 1 from batches where epoch = :epoch and first <= :acked and last > :acked
       union all select 1 from unsealed where seq <= :acked limit 1`,
    ),
    deliver: prepare(
      `update batches set fate = 'delivered', settled = ? where epoch = ? and fate = 'waiting' and last <= ?`,
    ),
    supersede: prepare(
      `update batches set fate = 'superseded', settled = ? where epoch = ? and fate = 'waiting'`,
    ),
    drop: prepare(
      `delete from batches where id =
         (select id from batches where epoch = ? and fate = 'waiting' order by first limit 1)
       returning last - first + 1 as count, bytes`,
    ),
    pruneAge: prepare(`delete from batches where fate <> 'waiting' and settled < ?`),
    pruneSize: prepare(
      `delete from batches where fate <> 'waiting' and id <= (
         select max(id) from (
           select id, sum(bytes) over (order by id desc) as total from batches where fate <> 'waiting'
         ) where total > ?
       )`,
    ),
  };
}

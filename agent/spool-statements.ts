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
    advance: prepare('update spool set next = ?'),
    stamp: prepare(`update spool set crc = crc32(endpoint || '|' || epoch || '|' || next || '|' || head)`),
    alive: prepare('update spool set alive = ?'),
    keep: prepare(
      'insert into kept (name, value) values (?, ?) on conflict (name) do update set value = excluded.value',
    ),
    open: prepare(
      `insert into open_facts (key, fact, crc) values (:key, :fact, crc32(:key || '|' || :fact))
       on conflict (key) do update set fact = excluded.fact, crc = excluded.crc`,
    ),
    close: prepare('delete from open_facts where key = ?'),
    forget: prepare('delete from unsealed'),
    fill: prepare('delete from holes'),
    untell: prepare('delete from told'),
    waiting: prepare(
      `select sum(count) as count, sum(bytes) as bytes from (
         select coalesce(sum(count), 0) as count, coalesce(sum(bytes), 0) as bytes
         from batches where epoch = ? and fate = 'waiting'
         union all select count(*), coalesce(sum(bytes), 0) from unsealed)`,
    ),
    first: prepare(
      `select header, payload from batches where epoch = ? and fate = 'waiting' and first > ? order by first limit 1`,
    ),
    /** Whether a batch, or what is not sealed yet, holds this number without ending there. */
    across: prepare(
      `select 1 from batches where epoch = :epoch and first <= :acked and last > :acked
       union all select 1 from unsealed where seq <= :acked
       union all select 1 from holes where first <= :acked limit 1`,
    ),
    deliver: prepare(
      `update batches set fate = 'delivered', settled = ? where epoch = ? and fate = 'waiting' and last <= ?`,
    ),
    supersede: prepare(
      `update batches set fate = 'superseded', settled = ? where epoch = ? and fate = 'waiting'`,
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

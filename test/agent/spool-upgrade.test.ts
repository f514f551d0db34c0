import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { parsePayload } from '../../shared/frames.ts';
import { listenerBegan } from '../support/sample-changes.ts';
import { genesisHash } from '../support/seal-check.ts';
import { SPOOL_ENDPOINT, spoolIn, verifiedBatches } from '../support/spools.ts';
import { tempDir } from '../support/temp-dir.ts';

const EPOCH = 'ab'.repeat(16);

/** As the first version made it. */
const FIRST = `
  create table spool (id integer primary key check (id = 1), endpoint text not null, epoch text not null,
    next integer not null, head text not null, alive text) strict;
  create table unsealed (seq integer primary key, body text not null, bytes integer not null) strict;
  create table batches (id integer primary key, epoch text not null, first integer not null, last integer not null,
    bytes integer not null, header text not null, payload text not null,
    fate text not null check (fate in ('waiting', 'delivered', 'superseded')), settled text) strict;
  create index batches_waiting on batches (epoch, first) where fate = 'waiting';
  create index batches_settled on batches (settled) where fate <> 'waiting';
  create table open_facts (key text primary key, fact text not null) strict;
  create table kept (name text primary key, value text not null) strict;
  pragma user_version = 1;
`;

test('a spool of the first version goes on in its epoch with what waits', async () => {
  using dir = tempDir();
  {
    using database = new DatabaseSync(join(dir.path, 'spool.sqlite'));
    database.exec(FIRST);
    const head = genesisHash(SPOOL_ENDPOINT, EPOCH);
    database.prepare('insert into spool values (1, ?, ?, 3, ?, null)').run(SPOOL_ENDPOINT, EPOCH, head);
    for (const seq of [1, 2]) {
      const { at, change, fact } = listenerBegan(seq);
      const body = JSON.stringify({ seq, at, mono: 1, change, fact });
      database.prepare('insert into unsealed values (?, ?, ?)').run(seq, body, body.length);
      database
        .prepare('insert into open_facts values (?, ?)')
        .run(`listener|tcp|${seq}`, JSON.stringify(fact));
    }
  }
  {
    await using spool = spoolIn(dir.path);
    spool.append([listenerBegan(3)]);
    expect(spool.position()).toEqual({ epoch: EPOCH, oldest: 1, next: 4 });
  }
  await using spool = spoolIn(dir.path);
  const [batch] = verifiedBatches(spool);
  expect(batch && parsePayload(batch).observations.map(({ seq, fact }) => [seq, fact])).toEqual(
    [1, 2, 3].map((seq) => [seq, listenerBegan(seq).fact]),
  );
  expect(spool.openFacts()).toHaveLength(3);
});

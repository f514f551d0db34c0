import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { isFinal } from '../../../agent/backoff.ts';
import { testCollector } from '../../support/collector.ts';
import { ANYDESK, began, chainOf, enrollRaw, newEpoch, openRaw } from '../../support/raw-agent.ts';

test('a store that another process holds too long costs agents a moment, and none of them an hour', async () => {
  await using collector = await testCollector();
  await sql`pragma busy_timeout = 20`.execute(collector.store.db);
  const identity = await enrollRaw(await collector.token());
  const epoch = newEpoch();
  const frame = chainOf(identity, epoch).frame([began(ANYDESK)]);

  {
    await using connection = await openRaw(identity, { epoch });
    using other = new DatabaseSync(join(collector.dataDir, 'collector.sqlite'), { timeout: 5_000 });
    other.exec('begin exclusive');
    connection.send(frame);
    const answer = await connection.next();
    expect(answer).toMatchObject({ type: 'bye', code: 'STORE_UNAVAILABLE' });
    expect(answer.type === 'bye' && isFinal(answer.code)).toBe(false);
    await connection.closed;
    other.exec('rollback');
  }
  await using again = await openRaw(identity, { epoch, next: 2 });
  again.send(frame);
  expect(await again.next()).toMatchObject({ type: 'ack', through: 1 });
});

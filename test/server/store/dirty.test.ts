import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markDirty } from '../../../server/store/dirty.ts';
import { openStore } from '../../../server/store/store.ts';

test('every mark counts, within one call and across calls, however many subjects there are', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'farhand-dirty-'));
  const first = '2026-03-02T14:00:00.000Z';
  const subjects = Array.from(
    { length: 1_100 },
    (_, index) => ({ scope: 'contractor', subject: `c-${index}` }) as const,
  );
  {
    await using store = await openStore(folder);
    await markDirty(store.db, first, []);
    await markDirty(store.db, first, [...subjects, { scope: 'contractor', subject: 'c-1099' }]);
    await markDirty(store.db, '2026-03-02T15:00:00.000Z', [{ scope: 'contractor', subject: 'c-7' }]);
    const rows = await store.db.selectFrom('dirty_subjects').selectAll().orderBy('subject').execute();
    expect(rows).toHaveLength(1_100);
    expect(rows.filter(({ mark }) => mark > 1).map(({ subject, mark }) => [subject, mark])).toEqual([
      ['c-1099', 2],
      ['c-7', 2],
    ]);
    expect(new Set(rows.map((row) => row.marked_at))).toEqual(new Set([first]));
  }
  await rm(folder, { recursive: true, force: true });
});

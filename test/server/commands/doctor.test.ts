import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectorKeys } from '../../../server/audit/collector-keys.ts';
import { keepDays } from '../../../server/audit/keep-days.ts';
import { makeBackup } from '../../../server/backup/make-backup.ts';
import { readConfig } from '../../../server/config.ts';
import { examine } from '../../../server/doctor/examine.ts';
import { openLog } from '../../../server/log.ts';
import { openStore } from '../../../server/store/store.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { output } from '../../support/processes.ts';
import { ANYDESK, began } from '../../support/raw-agent.ts';
import { telling } from '../../support/telling.ts';
import { tempDir } from '../../support/temp-dir.ts';

let folder: ReturnType<typeof tempDir>;
beforeEach(() => {
  folder = tempDir();
});
afterEach(() => folder[Symbol.dispose]());

const NOW = Date.now();

/** A machine told something two days ago, and the days since then are signed. */
async function filled(): Promise<void> {
  const at = instant(NOW - 1.5 * DAY);
  await using store = await openStore(folder.path);
  await using laptop = await telling(store, { at });
  await laptop.tell([began(ANYDESK)], at);
  await keepDays({ db: store.db, signer: collectorKeys(folder.path, at), clock: () => NOW });
}

/** Changes the database behind the collector. */
function damage(work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(join(folder.path, 'collector.sqlite'));
  work(database);
  database.close();
}

test('a sound store ends with 0, and one with a flipped byte in a payload with 1 and names it', async () => {
  await filled();
  const doctor = () => output(['server/main.ts', 'doctor', '--all', '--data-dir', folder.path]);
  const sound = await doctor();
  expect([sound.stdout, sound.code]).toEqual([expect.stringContaining('Nothing is wrong.'), 0]);
  expect(sound.stdout).toMatch(/signed days: \d days are signed/);

  damage((database) => {
    const payload = database.prepare('select payload from batches').get()?.['payload'] as Uint8Array;
    payload[40] = (payload[40] ?? 0) ^ 1;
    database.prepare('update batches set payload = ?').run(payload);
  });
  const damaged = await doctor();
  expect(damaged.code).toBe(1);
  expect(damaged.stdout).toContain('1 thing needs attention.');
  expect(damaged.stdout).toMatch(
    /evidence: Endpoint laptop-1, spool .+: the batch from 1 on has a wrong hash/,
  );
  expect(damaged.stdout).toContain('What helps: Stop the collector');
});

test('a changed day, lost keys, and days, purges and backups that were missed are each said', async () => {
  await filled();
  damage((database) => database.exec('update day_roots set actions = actions + 1'));
  expect((await problems()).get('signed days')).toContain('is not what this collector signed');
  rmSync(join(folder.path, 'collector-keys.json'));
  expect((await problems()).get('collector keys')).toContain('keys are gone');

  damage((database) => {
    database.exec('delete from day_roots');
    database.prepare('update batches set received_at = ?').run(instant(NOW - 20 * DAY));
  });
  const found = await problems();
  expect(found.get('signed days')).toMatch(/Days from .+ on are over, but not signed/);
  expect(found.get('retention')).toContain('No purge ever came to its end');
  expect(found.get('backup')).toContain('No backup was ever made');

  await makeBackup({ dataDir: folder.path, out: join(folder.path, 'monday.zip'), now: NOW });
  expect([...(await problems()).keys()]).not.toContain('backup');
});

test('days that an anchor does not have are said', async () => {
  await filled();
  damage((database) =>
    database.exec(`update day_roots set day = '2026-01-01' where day = (select min(day) from day_roots)`),
  );
  expect((await problems({ anchors: { file: '/nowhere' } })).get('anchors')).toContain(
    'were not written to the anchor',
  );
});

async function problems(more: object = {}): Promise<ReadonlyMap<string, string>> {
  const config = { ...readConfig({ env: {}, flags: { dataDir: folder.path } }), ...more };
  await using store = await openStore(folder.path);
  const examined = await examine({ db: store.db, config, now: NOW, log: openLog('silent'), all: false });
  return new Map(
    examined.filter(({ verdict }) => verdict === 'problem').map(({ check, what }) => [check, what]),
  );
}

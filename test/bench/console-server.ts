import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { appendFeed } from '../../server/store/feed.ts';
import { instant, millis } from '../../shared/time.ts';
import { openWorld, type World } from '../server/api/world.ts';
import { listen } from '../support/browser.ts';
import { SEED_FINDINGS, seedFinding } from '../support/seed.ts';
import { LARGE_NOW } from './large-store.ts';

// The API, and the console where there is a folder of it, in a process of its own. Says where, and the cookies of so many accounts.
// After SIGUSR2 it writes so many findings, so many a second.
const [dir = '', consoleDir = '', accounts = '1', total = '0', perSecond = '0'] = process.argv.slice(2);
await using world = await openWorld({ dir, ...(consoleDir === '' ? {} : { consoleDir }) });
world.now = millis(LARGE_NOW);
await using server = await listen(world.app);
const cookies: string[] = [];
for (let index = 0; index < Number(accounts); index += 1)
  cookies.push(await world.signIn(`analyst-${index}@example.com`));
process.once('SIGUSR2', () => void write(world, { total: Number(total), perSecond: Number(perSecond) }));
process.stdout.write(`${JSON.stringify({ url: server.url, cookies })}\n`);
await once(process, 'SIGTERM');

/** Five to a commit, as the detector writes what it found of one contractor. */
async function write(
  { store }: World,
  { total: most, perSecond: pace }: { readonly total: number; readonly perSecond: number },
): Promise<void> {
  const [model] = SEED_FINDINGS;
  if (!model) throw new Error('no finding to copy');
  const start = performance.now();
  for (let written = 0; written < most; written += 5) {
    await pause(start + (written / pace) * 1_000 - performance.now());
    const ids = [0, 1, 2, 3, 4].map((step) => `finding-${written + step}`);
    await store.db.transaction().execute(async (trx) => {
      for (const id of ids) await seedFinding(trx, { ...model, id, key: id, subject: id });
      await appendFeed(
        trx,
        instant(Date.now()),
        ids.map((ref) => ({ topic: 'finding', ref })),
      );
    });
    store.feed.ring();
  }
}

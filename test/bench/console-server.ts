import { millis } from '../../shared/time.ts';
import { openWorld } from '../server/api/world.ts';
import { listen } from '../support/browser.ts';
import { LARGE_NOW } from './large-store.ts';

// The API and the console on a store that stands still, in a process of its own. Says where, and the cookies of so many accounts.
const [dir = '', consoleDir = '', accounts = '1'] = process.argv.slice(2);
await using world = await openWorld({ dir, ...(consoleDir === '' ? {} : { consoleDir }) });
world.now = millis(LARGE_NOW);
await using server = await listen(world.app);
const cookies: string[] = [];
for (let index = 0; index < Number(accounts); index += 1)
  cookies.push(await world.signIn(`analyst-${index}@example.com`));
process.stdout.write(`${JSON.stringify({ url: server.url, cookies })}\n`);
await new Promise((resolve) => process.once('SIGTERM', resolve));

import { appendFeed } from '../../server/store/feed.ts';
import { openStore } from '../../server/store/store.ts';
import { instant } from '../../shared/time.ts';

// Adds one entry to a feed from a process that has no bell of the collector's.
const [dataDir = '', ref = ''] = process.argv.slice(2);
await using store = await openStore(dataDir);
await appendFeed(store.db, instant(Date.now()), [{ topic: 'finding', ref }]);
process.stdout.write('told\n');

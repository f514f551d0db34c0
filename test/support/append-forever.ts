import { openLog } from '../../agent/log.ts';
import { openSpool } from '../../agent/spool.ts';
import { listenerBegan } from './sample-changes.ts';

// Appends to the spool in the folder of its argument until it is killed, and tells each number only once it is durable.
const spool = openSpool({
  dataDir: process.argv[2] ?? '',
  endpoint: 'laptop-1',
  sign: () => 'A'.repeat(86),
  log: openLog('silent'),
});
for (let port = 1; ; port = (port % 60_000) + 1) {
  spool.append([listenerBegan(port)]);
  process.stdout.write(`${spool.position().next - 1}\n`);
  if (port % 40 === 0) spool.nextBatch(0);
  await new Promise((resolve) => setImmediate(resolve));
}

import { enroll } from '../../agent/enroll.ts';
import { readIdentity } from '../../agent/identity.ts';
import { type Link, startLink } from '../../agent/link.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../agent/spool.ts';
import type { TestCollector } from './collector.ts';
import { testLog } from './test-log.ts';

/** Enrolls a data folder at a real collector. Gives the endpoint's id. */
export async function enrollHere(collector: TestCollector, dataDir: string): Promise<string> {
  await enroll(await collector.token(), dataDir);
  return readIdentity(dataDir).endpoint;
}

/** The spool of an enrolled folder, as its agent opens it. */
export function enrolledSpool(dataDir: string, more: Partial<SpoolOptions> = {}): Spool {
  const { endpoint, sign } = readIdentity(dataDir);
  return openSpool({ dataDir, endpoint, sign, log: testLog().log, ...more });
}

/** The agent's side of a connection, without probes. */
function linkOf(dataDir: string, spool: Spool): Link {
  return startLink({
    identity: readIdentity(dataDir),
    spool,
    boot: 'boot-1',
    version: 'test',
    log: testLog().log,
  });
}

/** Everything of a folder's spool is delivered. */
export async function deliverAll(dataDir: string, spool: Spool): Promise<void> {
  await using link = linkOf(dataDir, spool);
  await link.settled();
}

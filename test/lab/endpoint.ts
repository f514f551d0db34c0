import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { readIdentity } from '../../agent/identity.ts';
import { startLink } from '../../agent/link.ts';
import { lockDataDir } from '../../agent/lock.ts';
import { openLog } from '../../agent/log.ts';
import { openSpool } from '../../agent/spool.ts';
import { CodedError } from '../../shared/errors.ts';
import type { TimedChange } from '../../shared/observation.ts';
import { instant } from '../../shared/time.ts';
import { modelOf } from './key.ts';

export interface EndpointOptions {
  readonly dataDir: string;
  /** The proxy before the collector. */
  readonly url: string;
  /** Which start of this endpoint it is: no two observations of the laboratory are alike. */
  readonly run: number;
  readonly perSecond: number;
  readonly spoolBytes: number;
}

const TICKS_PER_SECOND = 10;

// The agent's own lock, spool and link in a process of their own, without probes. What was appended is told on stdout only once it is
// durable, as `from to epoch seq`: the observations from … to are in the spool, the first of them under this number.
const { dataDir, url, run, perSecond, spoolBytes }: EndpointOptions = JSON.parse(process.argv[2] ?? '{}');
const log = openLog('error');
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

const identity = { ...readIdentity(dataDir), url };
using _lock = lockDataDir(dataDir);
await using spool = openSpool({
  dataDir,
  endpoint: identity.endpoint,
  sign: identity.sign,
  log,
  limits: { bytes: spoolBytes, ledgerBytes: 1024 ** 3 },
});
await using _link = startLink({
  identity,
  spool,
  boot: `boot-${identity.endpoint}`,
  version: 'lab',
  log: openLog('silent'),
});
process.stdout.write('ready\n');

let quiet = false;
createInterface({ input: process.stdin }).on('line', () => {
  quiet = true;
});

let said = 0;
let ticks = 0;
const timer = setInterval(() => {
  if (quiet) return;
  ticks += 1;
  const count = Math.floor((ticks * perSecond) / TICKS_PER_SECOND) - said;
  if (count > 0) tell(count);
}, 1_000 / TICKS_PER_SECOND);
if (!stop.signal.aborted) await once(stop.signal, 'abort');
clearInterval(timer);
process.stdin.destroy();

function tell(count: number): void {
  try {
    spool.append([...coming(), ...Array.from({ length: count }, (_, index) => noted(said + 1 + index))]);
  } catch (error) {
    // Nothing of it was kept; the same is told again at the next tick.
    if (error instanceof CodedError && error.code === 'SPOOL_UNAVAILABLE') return;
    throw error;
  }
  const { epoch, next } = spool.position();
  process.stdout.write(`${said + 1} ${said + count} ${epoch} ${next - count}\n`);
  said += count;
}

/** Now and then something begins or ends, so that a new epoch has open facts to tell again. */
function coming(): readonly TimedChange[] {
  if (ticks % TICKS_PER_SECOND !== 0) return [];
  const at = instant(Date.now());
  const port = 5_900 + ((ticks / TICKS_PER_SECOND) % 6);
  const identity = { kind: 'listener', proto: 'tcp', port } as const;
  return ticks % (TICKS_PER_SECOND * 2) === 0
    ? [{ change: 'began', at, fact: { ...identity, scope: 'any' } }]
    : [{ change: 'ended', at, fact: identity }];
}

function noted(number: number): TimedChange {
  const model = modelOf(run, number);
  const fact = { kind: 'display', manufacturer: 'LAB', model, widthMm: 1, heightMm: 1 } as const;
  return { change: 'noted', at: instant(Date.now()), fact };
}

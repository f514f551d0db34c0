import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { receive } from '../../server/ingest/sealed-batch.ts';
import { addEndpoint } from '../../server/store/endpoints.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { parseAgentFrame } from '../../shared/frames.ts';
import { HOUR, instant, SECOND } from '../../shared/time.ts';
import { temporaryFolder } from '../support/collector.ts';
import { type Measurement, rounded } from './measure.ts';
import { workOf } from './sealed-load.ts';

const ENDPOINTS = 100;
const EACH = { batches: 200, observations: 50 };

/** A store with a million sealed observations, exported and verified by processes of their own, each on one core. */
export async function benchPack(): Promise<readonly Measurement[]> {
  const dataDir = temporaryFolder();
  {
    await using store = await openStore(dataDir);
    for (let index = 0; index < ENDPOINTS; index += 1) await fill(store, `laptop-${index}`);
  }
  const now = Date.now();
  const range = ['--from', instant(now - HOUR), '--to', instant(now + HOUR)];
  const pack = join(dataDir, 'pack.zip');
  const written = await measured(['export', ...range, '--out', pack, '--data-dir', dataDir]);
  const verified = await measured(['verify', pack]);
  const redacted = await measured([
    'export',
    ...range,
    '--redact',
    '--out',
    `${pack}.redacted`,
    '--data-dir',
    dataDir,
  ]);
  const observations = rounded(ENDPOINTS * EACH.batches * EACH.observations);
  const megabytes = rounded(statSync(pack).size / 1e6);
  return [
    {
      what: `a pack of ${observations} observations in batches of ${EACH.observations}, ${megabytes} MB, on one core: written in`,
      result: `${rounded(written.seconds, 1)} s, at most ${rounded(written.peakMb)} MB resident`,
      goal: '≤ 60 s, ≤ 300 MB',
    },
    {
      what: 'the same: verified in',
      result: `${rounded(verified.seconds, 1)} s, at most ${rounded(verified.peakMb)} MB resident`,
      goal: '≤ 60 s',
    },
    {
      what: 'the same, redacted: written in',
      result: `${rounded(redacted.seconds, 1)} s, at most ${rounded(redacted.peakMb)} MB resident`,
    },
  ];
}

async function fill(store: Store, endpoint: string): Promise<void> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const at = instant(Date.now());
  const raw = publicKey.export({ format: 'jwk' }).x ?? '';
  const enrolled = {
    id: endpoint,
    contractor: `of-${endpoint}`,
    hostname: endpoint,
    publicKey: raw,
    agentVersion: 'bench',
  };
  await addEndpoint(store.db, enrolled, at);
  const { frames } = workOf({ url: '', endpoint, key: privateKey }, EACH);
  await store.db.transaction().execute(async (trx) => {
    for (const frame of frames) {
      const batch = parseAgentFrame(frame);
      if (!('payload' in batch)) throw new Error('not a batch');
      const payload = JSON.parse(batch.payload);
      const lookup = () => ({ kind: 'egress', ip: '192.0.2.1', networkClass: 'unknown' }) as const;
      await receive({ endpoint, batch, payload, offsetMs: 0, receivedAt: instant(Date.now()), lookup })(trx);
    }
  });
}

async function measured(
  args: readonly string[],
): Promise<{ readonly seconds: number; readonly peakMb: number }> {
  const start = performance.now();
  const child = spawn('taskset', ['-c', '1', process.execPath, 'server/main.ts', ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => Number(code));
  let peakMb = 0;
  let code: number | undefined;
  while (code === undefined) {
    peakMb = Math.max(peakMb, peakOf(child.pid ?? 0));
    code = await Promise.race([ended, pause(50, undefined)]);
  }
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return { seconds: (performance.now() - start) / SECOND, peakMb };
}

/** The most that a process ever held, as long as it is there. */
function peakOf(pid: number): number {
  try {
    const [, kb = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kb) / 1024;
  } catch {
    return 0;
  }
}

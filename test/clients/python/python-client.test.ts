import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { publicKeyOf, verifySeal } from '../../../server/ingest/verify.ts';
import { type BatchHeader, LIMITS } from '../../../shared/frames.ts';
import { testCollector } from '../../support/collector.ts';
import { startPeer } from '../../support/collector-peer.ts';
import { selfSigned } from '../../support/self-signed.ts';

const CLIENT = fileURLToPath(new URL('farhand_client.py', import.meta.url));
const reason = hasPython() ? undefined : 'python3 is missing';

describe.skipIf(reason !== undefined)('a client in Python that knows only shared/README.md', () => {
  test('enrolls with a collector, sends two sealed batches and gets its ack', async () => {
    await using collector = await testCollector();
    const { code, stdout, stderr } = await python(await collector.token());
    expect(code, stderr).toBe(0);
    const { endpoint, epoch, acked } = JSON.parse(stdout);
    expect(acked).toBe(3);

    const { db } = collector.store;
    const batches = await db
      .selectFrom('batches')
      .selectAll()
      .where('endpoint', '=', endpoint)
      .orderBy('first')
      .execute();
    expect(batches.map(({ first, last }) => [first, last])).toEqual([
      [1, 2],
      [3, 3],
    ]);
    const enrolled = await db
      .selectFrom('endpoints')
      .select('public_key')
      .where('id', '=', endpoint)
      .executeTakeFirstOrThrow();
    for (const { payload, ...row } of batches) {
      expect(row.epoch).toBe(epoch);
      const header: BatchHeader = { ...row, type: 'batch' };
      verifySeal(publicKeyOf(enrolled.public_key), { header, payload: inflateRawSync(payload).toString() });
    }
    expect(await db.selectFrom('gaps').selectAll().execute()).toEqual([]);
  });

  test('speaks TLS to the pinned key, and to no other', async () => {
    const { key, cert, pin } = await selfSigned();
    await using peer = await startPeer({ tls: { key, cert, pin } });
    const { code, stdout, stderr } = await python(peer.token());
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ acked: 3 });

    await using stranger = await startPeer({ tls: { key, cert, pin: 'A'.repeat(43) } });
    expect(await python(stranger.token())).toMatchObject({ code: 1, stderr: expect.stringContaining('pin') });
    expect(stranger.keys.size).toBe(0);
  });
});

async function python(token: string) {
  const child = spawn('python3', [CLIENT], { timeout: 2 * LIMITS.helloTimeoutMs });
  child.stdin.end(token);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

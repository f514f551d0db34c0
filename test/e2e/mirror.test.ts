import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { readConfig } from '../../server/config.ts';
import { openLog } from '../../server/log.ts';
import { startMirror } from '../../server/mirror/mirror.ts';
import { mirrorKey } from '../../server/mirror/mirror-key.ts';
import { statusSchema } from '../../shared/api.ts';
import type { Fact } from '../../shared/facts.ts';
import { type MirrorReply, mirrorNonceText, mirrorReplySchema, mirrorText } from '../../shared/mirror.ts';
import { instant, MINUTE } from '../../shared/time.ts';
import { type TestCollector, testCollector } from '../support/collector.ts';
import { farhandAgent, startFarhandAgent } from '../support/farhand-agent.ts';
import { ANYDESK, began, chainOf, enrollRaw, newEpoch, openRaw } from '../support/raw-agent.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

interface MirrorProcess extends AsyncDisposable {
  readonly url: string;
  readonly publicKey: string;
}

/** `farhand serve --role mirror` as its own process. */
async function mirrorProcess(dataDir: string): Promise<MirrorProcess> {
  const args = ['server/main.ts', 'serve', '--role', 'mirror', '--port', '0', '--data-dir', dataDir];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { NO_COLOR: '1' },
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const [, url = '', publicKey = ''] = /^Farhand mirror on (\S+), public key (\S+)$/.exec(String(line)) ?? [];
  return {
    url,
    publicKey,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

const folder = tempDir();
let mirror: MirrorProcess;
let collector: TestCollector;
beforeAll(async () => {
  mirror = await mirrorProcess(folder.path);
  collector = await collectorWith('socket');
});
afterAll(async () => {
  await collector[Symbol.asyncDispose]();
  await mirror[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

function collectorWith(egressFrom: 'socket' | 'mirror'): Promise<TestCollector> {
  const { url, publicKey } = mirror;
  return testCollector({
    config: { mirrors: [{ url, publicKey }], egressFrom },
  });
}

async function factsOf({ store }: TestCollector, kind: string, endpoint?: string): Promise<readonly Fact[]> {
  const rows = await store.db
    .selectFrom('spans')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('id')
    .execute();
  return rows
    .filter((row) => endpoint === undefined || row.endpoint === endpoint)
    .map(({ fact }): Fact => JSON.parse(fact));
}

async function countsOf({ url, signInLink }: TestCollector) {
  const token = (await signInLink('ada')).split('#')[1];
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const signIn = await fetch(`${url}/api/v1/sign-in`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ token }),
  });
  const cookie = (signIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const status = await fetch(`${url}/api/v1/status`, { headers: { cookie } });
  return z.parse(statusSchema, await status.json()).mirrors;
}

function nonceOf(connectionNonce: string, count: number): string {
  return createHash('sha256').update(mirrorNonceText(connectionNonce, count)).digest('base64url');
}

async function asked(url: string, nonce: string): Promise<MirrorReply> {
  const answer = await fetch(`${url}/mirror?nonce=${nonce}`);
  return z.parse(mirrorReplySchema, await answer.json());
}

describe('a mirror', () => {
  test('keeps its key, and says who asked it, signed', async () => {
    expect(mirrorKey(folder.path).publicKey).toBe(mirror.publicKey);
    const nonce = nonceOf('x', 1);
    const { answer } = await asked(mirror.url, nonce);
    expect(answer).toMatchObject({ nonce, ip: '127.0.0.1' });
  });

  test.each(['/mirror', '/mirror?nonce=short', `/mirror?nonce=${'!'.repeat(43)}`])(
    'refuses %s',
    async (path) => {
      const answer = await fetch(mirror.url + path);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'REQUEST_INVALID' });
    },
  );

  test('is nothing but a mirror, and refuses whoever asks without end', async () => {
    expect((await fetch(`${mirror.url}/api/v1/status`)).status).toBe(404);
    expect((await fetch(`${mirror.url}/mirror`, { method: 'POST' })).status).toBe(404);
    using dir = tempDir();
    const config = readConfig({ env: {}, flags: { port: '0', dataDir: dir.path } });
    await using hurried = await startMirror({ config, log: openLog('silent') });
    const statuses = new Set<number>();
    for (let round = 0; round < 20 && !statuses.has(429); round++) {
      const answers = Array.from({ length: 50 }, async () => (await fetch(`${hurried.url}/healthz`)).status);
      for (const status of await Promise.all(answers)) statuses.add(status);
    }
    expect([...statuses].toSorted()).toEqual([200, 429]);
  });
});

describe('an agent that was told of a mirror', () => {
  test.each([
    ['socket', { egress: undefined, sighting: 'mirror' }],
    ['mirror', { egress: 'mirror', sighting: 'socket' }],
  ] as const)(
    'brings its word, and where the %s counts the other is kept beside it',
    async (counts, seen) => {
      await using own = await collectorWith(counts);
      using dir = tempDir();
      const token = await own.token();
      const enrolled = await farhandAgent(['enroll', '--token-file', '-', '--data-dir', dir.path], {
        input: token,
      });
      expect(enrolled.exitCode).toBe(0);
      const agent = startFarhandAgent(['run', '--data-dir', dir.path, '--log-level', 'warn']);
      try {
        const [egress] = await until(async () => {
          const facts = await factsOf(own, 'egress');
          return facts.length > 0 && facts;
        });
        expect(egress).toMatchObject({ ip: '127.0.0.1' });
        expect(egress && 'via' in egress ? egress.via : undefined).toBe(seen.egress);
        const [sighting] = await until(async () => {
          const facts = await factsOf(own, 'sighting');
          return facts.length > 0 && facts;
        });
        expect(sighting).toMatchObject({ via: seen.sighting, ip: '127.0.0.1' });
        const after = await countsOf(own);
        expect(after?.accepted).toBeGreaterThan(0);
        expect(after?.refused).toEqual({ forged: 0, replayed: 0, stale: 0, hasty: 0 });
      } finally {
        agent.kill('SIGTERM');
        expect((await agent.finished()).exitCode).toBe(0);
      }
      const open = await own.store.db
        .selectFrom('spans')
        .select('kind')
        .where('kind', 'in', ['egress', 'sighting'])
        .where('to', 'is', null)
        .execute();
      expect(open).toEqual([]);
    },
  );
});

describe('what is not a mirror’s fresh answer to this connection', () => {
  interface Case {
    readonly nonce: string;
    reply(count: number): Promise<MirrorReply>;
  }

  /** Says these frames on a new connection; gives what was counted, and at which addresses the endpoint was seen. */
  async function said(frames: (of: Case) => Promise<readonly (readonly [number, MirrorReply])[]>) {
    const before = await countsOf(collector);
    const identity = await enrollRaw(await collector.token());
    const epoch = newEpoch();
    await using connection = await openRaw(identity, {
      epoch,
    });
    const { nonce } = connection;
    const told = await frames({ nonce, reply: (count) => asked(mirror.url, nonceOf(nonce, count)) });
    for (const [count, reply] of told) connection.send(JSON.stringify({ type: 'mirrored', count, ...reply }));
    // Frames are read in order, so the ack of a batch says that they were.
    connection.send(chainOf(identity, epoch).frame([began(ANYDESK)]));
    expect(await connection.next()).toMatchObject({ type: 'ack' });
    const after = await countsOf(collector);
    const counted = Object.entries(after?.refused ?? {}).flatMap(([why, count]) =>
      Array.from(
        { length: count - (new Map(Object.entries(before?.refused ?? {})).get(why) ?? 0) },
        () => why,
      ),
    );
    const sightings = await factsOf(collector, 'sighting', identity.endpoint);
    return {
      counted,
      accepted: (after?.accepted ?? 0) - (before?.accepted ?? 0),
      ips: sightings.map((fact) => 'ip' in fact && fact.ip),
    };
  }

  test('is refused when it was brought before', async () => {
    const outcome = await said(async ({ reply }) => {
      const first = await reply(1);
      return [
        [1, first],
        [1, first],
        [2, first],
      ];
    });
    expect(outcome).toEqual({ accepted: 1, counted: ['replayed', 'replayed'], ips: ['127.0.0.1'] });
  });

  test('is refused when it was given to another connection', async () => {
    const outcome = await said(async () => [
      [1, await asked(mirror.url, nonceOf('of another connection', 1))],
    ]);
    expect(outcome).toEqual({ accepted: 0, counted: ['replayed'], ips: [] });
  });

  test('is refused when the address was changed, or another key signed', async () => {
    const changed = await said(async ({ reply }) => {
      const { answer, signature } = await reply(1);
      return [[1, { answer: { ...answer, ip: '198.51.100.7' }, signature }]];
    });
    expect(changed).toEqual({ accepted: 0, counted: ['forged'], ips: [] });
    const { privateKey } = generateKeyPairSync('ed25519');
    const signed = await said(async ({ nonce }) => {
      const answer = { nonce: nonceOf(nonce, 1), ip: '198.51.100.7', time: instant(Date.now()) };
      return [
        [
          1,
          {
            answer,
            signature: sign(null, Buffer.from(mirrorText(answer)), privateKey).toString('base64url'),
          },
        ],
      ];
    });
    expect(signed).toEqual({ accepted: 0, counted: ['forged'], ips: [] });
  });

  test.each([-3 * MINUTE, 3 * MINUTE])('is refused when its time is %i ms off', async (off) => {
    const config = readConfig({ env: {}, flags: { port: '0', dataDir: folder.path } });
    await using slow = await startMirror({ config, log: openLog('silent'), clock: () => Date.now() + off });
    const outcome = await said(async ({ nonce }) => [[1, await asked(slow.url, nonceOf(nonce, 1))]]);
    expect(outcome).toEqual({ accepted: 0, counted: ['stale'], ips: [] });
  });

  test('is refused when one came a moment before', async () => {
    const outcome = await said(async ({ reply }) => [
      [1, await reply(1)],
      [2, await reply(2)],
    ]);
    expect(outcome).toEqual({ accepted: 1, counted: ['hasty'], ips: ['127.0.0.1'] });
  });
});

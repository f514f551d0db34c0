import { afterEach, beforeEach, expect, test } from 'vitest';
import { enroll } from '../../agent/enroll.ts';
import { readIdentity } from '../../agent/identity.ts';
import { type Link, type LinkOptions, startLink } from '../../agent/link.ts';
import { openSpool, type Spool } from '../../agent/spool.ts';
import type { Policy } from '../../shared/policy.ts';
import { type CollectorPeer, type PeerOptions, startPeer } from '../support/collector-peer.ts';
import { listenerBegan, listenersBegan } from '../support/sample-changes.ts';
import { selfSigned } from '../support/self-signed.ts';
import { tempDir } from '../support/temp-dir.ts';
import { testLog } from '../support/test-log.ts';
import { until } from '../support/until.ts';

interface World {
  readonly peer: CollectorPeer;
  readonly spool: Spool;
  readonly told: ReturnType<typeof testLog>;
  link(more?: Partial<LinkOptions>): Link;
}

let stack: AsyncDisposableStack;
beforeEach(() => {
  stack = new AsyncDisposableStack();
});
afterEach(() => stack.disposeAsync());

async function world(options: PeerOptions = {}): Promise<World> {
  const dir = stack.use(tempDir());
  const told = testLog();
  const peer = stack.use(await startPeer(options));
  await enroll(peer.token(), dir.path);
  const identity = readIdentity(dir.path);
  const { endpoint, sign } = identity;
  const spool = stack.use(openSpool({ dataDir: dir.path, endpoint, sign, log: told.log }));
  const link = (more: Partial<LinkOptions> = {}) =>
    stack.use(startLink({ identity, spool, boot: 'boot-1', version: '0.1.0', log: told.log, ...more }));
  return { peer, spool, told, link };
}

test('delivers what was spooled before, and then what is appended, each once', async () => {
  const { peer, spool, link } = await world();
  spool.append(listenersBegan(1_300));
  const running = link();
  await running.settled();
  spool.append([listenerBegan(2_000)]);
  await running.settled();

  expect(peer.observations().map(({ seq }) => seq)).toEqual(Array.from({ length: 1_301 }, (_, i) => i + 1));
  expect(peer.frames).toHaveLength(4);
  expect(peer.refusals).toEqual([]);
  expect(running.state()).toMatchObject({ connected: true });
});

test('says in its hello where the spool stands', async () => {
  const { peer, spool, link } = await world();
  spool.append(listenersBegan(3));
  const { epoch } = spool.position();
  await link().settled();
  expect(peer.hellos).toMatchObject([{ endpoint: 'laptop-1', epoch, oldest: 1, next: 4, boot: 'boot-1' }]);
});

test('observations that come together travel in one batch', async () => {
  const { peer, spool, link } = await world();
  const running = link();
  await until(() => running.state().connected);
  for (let port = 1; port <= 20; port += 1) spool.append([listenerBegan(port)]);
  await running.settled();
  expect(peer.frames).toHaveLength(1);
});

test('sends no more unacknowledged batches than it has credits', async () => {
  const { peer, spool, link } = await world({ credits: 2 });
  peer.hold();
  spool.append(listenersBegan(3_000));
  const running = link();
  await until(() => peer.frames.length === 2);
  await peer.pinged();
  expect(peer.frames).toHaveLength(2);

  peer.release(1);
  await running.settled();
  expect(peer.frames).toHaveLength(6);
  expect(peer.observations()).toHaveLength(3_000);
});

test('without credits it waits, and goes on with the ack that grants some', async () => {
  const { peer, spool, link } = await world({ credits: 0 });
  spool.append(listenersBegan(3));
  const running = link();
  await until(() => running.state().connected);
  peer.send({ type: 'ack', epoch: spool.position().epoch, through: 0, credits: 4 });
  await until(() => peer.frames.length === 1);
});

test('repeats byte for byte what was not acknowledged', async () => {
  const { peer, spool, link } = await world();
  peer.hold();
  spool.append(listenersBegan(3));
  const running = link();
  await until(() => peer.frames.length === 1);
  // The collector loses what it had not committed.
  peer.epochs.clear();
  peer.cut();
  await until(() => peer.frames.length === 2);
  peer.release();
  await running.settled();
  expect(peer.frames[1]).toBe(peer.frames[0]);
  expect(peer.observations()).toHaveLength(3);
});

test('deletes at once what the welcome says is committed', async () => {
  const { peer, spool, link } = await world();
  peer.hold();
  spool.append(listenersBegan(3));
  const running = link();
  await until(() => peer.frames.length === 1);
  peer.cut();
  await running.settled();
  expect(peer.frames).toHaveLength(1);
  expect(spool.position()).toMatchObject({ oldest: 4, next: 4 });
});

test('comes back after the collector stopped, and loses nothing', async () => {
  const { peer, spool, link } = await world();
  const running = link();
  await until(() => running.state().connected);
  peer.bye('SHUTTING_DOWN');
  await until(() => running.state().problem === 'SHUTTING_DOWN');
  spool.append([listenerBegan(1)]);
  await running.settled();
  expect(peer.hellos).toHaveLength(2);
});

test('waits as long as the collector asks', async () => {
  const { peer, link } = await world();
  const running = link();
  await until(() => running.state().connected);
  const askedAt = performance.now();
  peer.bye('OVERLOADED', 700);
  await until(() => peer.hellos.length === 2);
  expect(performance.now() - askedAt).toBeGreaterThanOrEqual(690);
});

test('waits as long as an HTTP answer to the upgrade asks', async () => {
  const { peer, told, link } = await world();
  peer.refuseUpgrades(503, '1');
  link();
  await until(() => told.lines.some(({ message }) => message === 'connection ended'));
  peer.refuseUpgrades(undefined);
  const line = told.lines.find(({ message }) => message === 'connection ended');
  expect(line).toMatchObject({ level: 'warn', fields: { status: 503 } });
  expect(line?.fields).toHaveProperty(
    'retryInMs',
    expect.toSatisfy((ms: number) => ms >= 1_000),
  );
});

test('begins a new epoch when the collector knows more than the spool', async () => {
  const { peer, spool, link } = await world();
  spool.append(listenersBegan(3));
  const { epoch } = spool.position();
  peer.epochs.set(epoch, { acked: 10, head: '', observations: [] });
  await link().settled();
  expect(spool.position().epoch).not.toBe(epoch);
  expect(peer.observations().map(({ seq, change }) => [seq, change])).toEqual([
    [1, 'began'],
    [2, 'began'],
    [3, 'began'],
    // Why the numbers began again.
    [4, 'noted'],
  ]);
  expect(peer.refusals).toEqual([]);
});

test.each(['CHAIN_BREAK', 'EPOCH_CLOSED'])('begins a new epoch after %s', async (code) => {
  const { peer, spool, link } = await world();
  const running = link();
  await until(() => running.state().connected);
  const { epoch } = spool.position();
  peer.bye(code);
  await until(() => peer.hellos.length === 2);
  expect(peer.hellos[1]?.epoch).not.toBe(epoch);
});

test('stops trying often once it is revoked, and calls for a person', async () => {
  const { peer, told, link } = await world();
  const running = link();
  await until(() => running.state().connected);
  peer.bye('ENDPOINT_REVOKED');
  await until(() => told.lines.find(({ level }) => level === 'error'));
  expect(told.lines.at(-1)?.fields).toMatchObject({ code: 'ENDPOINT_REVOKED' });
  expect(told.lines.at(-1)?.fields).toHaveProperty(
    'retryInMs',
    expect.toSatisfy((ms: number) => ms > 50 * 60_000),
  );
});

test('an unknown endpoint is told so', async () => {
  const { peer, link } = await world();
  peer.keys.clear();
  const running = link();
  await until(() => running.state().problem === 'ENDPOINT_UNKNOWN');
  expect(peer.refusals).toEqual(['ENDPOINT_UNKNOWN']);
});

test('passes on each policy', async () => {
  const policy: Policy = { version: '2', everySeconds: { tools: 60 }, userNames: 'hashed' };
  const { peer, link } = await world({ policy });
  const seen: Policy[] = [];
  link({ onPolicy: (received) => seen.push(received) });
  await until(() => seen.length === 1);
  peer.send({ type: 'policy', policy: { version: '3' } });
  await until(() => seen.length === 2);
  expect(seen).toEqual([policy, { version: '3', everySeconds: {}, userNames: 'plain' }]);
});

test.each([
  ['nonsense', 'hello?'],
  ['an unknown frame', { type: 'run', command: 'id' }],
  ['a second challenge', { type: 'challenge', nonce: 'A'.repeat(43), time: '2026-03-02T14:00:00.000Z' }],
  ['an ack of what was never sent', { type: 'ack', epoch: '0'.repeat(32), through: 5, credits: 1 }],
])('does not obey %s', async (_what, frame) => {
  const { peer, spool, link } = await world({ credits: 0 });
  spool.append(listenersBegan(9));
  const running = link();
  await until(() => running.state().connected);
  peer.send(frame);
  await until(() => /^FRAME_/.test(running.state().problem ?? ''));
  expect(spool.position().oldest).toBe(1);
});

test('speaks through TLS with the pinned key, and with no other', async () => {
  const { peer, spool, link } = await world({ tls: await selfSigned() });
  spool.append([listenerBegan(1)]);
  await link().settled();
  expect(peer.observations()).toHaveLength(1);

  const pin = (await selfSigned()).pin;
  const stranger = link({
    identity: {
      ...{ endpoint: 'x', url: peer.url, pin, publicKey: '', mirrors: [] },
      ...{ sign: () => '', keyedHash: () => '' },
    },
  });
  await until(() => stranger.state().problem === 'COLLECTOR_UNTRUSTED');
  expect(peer.requests).toHaveLength(1);
});

test('gives up a connection on which nothing is heard any more, and makes another', async () => {
  const { peer, told, link } = await world();
  link({ silenceMs: 150 });
  await until(() => peer.hellos.length === 2);
  expect(told.lines).toContainEqual(
    expect.objectContaining({ fields: expect.objectContaining({ reason: 'silent' }) }),
  );
});

test('a ping is a sign of life', async () => {
  const { peer, link } = await world();
  const running = link({ silenceMs: 300 });
  await until(() => running.state().connected);
  const since = performance.now();
  await until(async () => {
    await peer.pinged();
    return performance.now() - since > 900;
  });
  expect(peer.hellos).toHaveLength(1);
});

test('every observation arrives exactly once however often the connection is cut', async () => {
  const { peer, spool, link } = await world({ credits: 3 });
  const running = link();
  for (let cut = 1; cut <= 6; cut += 1) {
    await until(() => running.state().connected && peer.connected() === 1);
    spool.append(listenersBegan(1_700, cut * 2_000));
    await until(() => peer.frames.length >= cut * 2);
    peer.cut();
    await until(() => !running.state().connected);
  }
  await running.settled();
  expect(peer.observations().map(({ seq }) => seq)).toEqual(Array.from({ length: 10_200 }, (_, i) => i + 1));
  expect(peer.refusals).toEqual([]);
});

test('adds the headers of a simulation to the upgrade', async () => {
  const { peer, link } = await world();
  const running = link({ headers: { 'x-forwarded-for': '192.0.2.7' } });
  await until(() => running.state().connected);
  expect(peer.requests[0]?.headers['x-forwarded-for']).toBe('192.0.2.7');
});

test('closes cleanly in the middle of everything, and whoever waits is told', async () => {
  const { peer, spool, link } = await world();
  peer.hold();
  spool.append(listenersBegan(3));
  const running = link();
  await until(() => peer.frames.length === 1);
  const waiting = expect(running.settled()).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  await running[Symbol.asyncDispose]();
  await waiting;
  await until(() => peer.connected() === 0);
});

test('can be closed while it waits for the next attempt', async () => {
  const { peer, link } = await world();
  const running = link();
  await until(() => running.state().connected);
  peer.bye('ENDPOINT_REVOKED');
  await until(() => !running.state().connected);
  await running[Symbol.asyncDispose]();
  expect(running.state()).toMatchObject({ connected: false, problem: 'SHUTTING_DOWN' });
});

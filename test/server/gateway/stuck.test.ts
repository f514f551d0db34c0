import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CollectorLimits } from '../../../server/collector.ts';
import { AGENT_PATH, batchFrame, SUBPROTOCOL } from '../../../shared/frames.ts';
import { DEFAULT_POLICY } from '../../../shared/policy.ts';
import { type TestCollector, testCollector } from '../../support/collector.ts';
import { signHello } from '../../support/hello.ts';
import {
  ANYDESK,
  began,
  chainOf,
  connectRaw,
  enrollRaw,
  newEpoch,
  openRaw,
  type RawIdentity,
} from '../../support/raw-agent.ts';
import { until } from '../../support/until.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function started(limits: Partial<CollectorLimits>) {
  const collector = opened.use(await testCollector({ limits }));
  return { collector, identity: await enrollRaw(await collector.token()) };
}

/** Why each presence of an endpoint that is over ended. */
async function endings({ store }: TestCollector, { endpoint }: RawIdentity): Promise<readonly unknown[]> {
  const rows = await store.db
    .selectFrom('spans')
    .select('fact')
    .where('endpoint', '=', endpoint)
    .where('key', 'like', 'presence%')
    .where('to', 'is not', null)
    .execute();
  return rows.map(({ fact }) => JSON.parse(fact).reason);
}

async function delivers(collector: TestCollector): Promise<void> {
  const identity = await enrollRaw(await collector.token());
  const epoch = newEpoch();
  await using connection = await openRaw(identity, { epoch });
  connection.send(batchFrame(chainOf(identity, epoch).batch([began(ANYDESK)])));
  expect(await connection.next()).toMatchObject({ type: 'ack', through: 1 });
}

test('an agent that answers no ping is cut, and the presence says so; others are not', async () => {
  const { collector, identity } = await started({ pingEveryMs: 60 });
  const neighbor = await enrollRaw(await collector.token());
  const other = opened.use(await openRaw(neighbor, { epoch: newEpoch() }));
  const frozen = opened.use(await openRaw(identity, { epoch: newEpoch() }));
  frozen.freeze();
  await until(async () => (await endings(collector, identity)).length > 0);
  expect(await endings(collector, identity)).toEqual(['AGENT_SILENT']);
  collector.setPolicy({ ...DEFAULT_POLICY, version: '2' });
  expect(await other.next()).toMatchObject({ type: 'policy' });
});

test('a frame that comes a byte at a time holds nothing open', async () => {
  const { collector, identity } = await started({ pingEveryMs: 60 });
  const socket = new WebSocket(identity.url.replace(/^http/, 'ws') + AGENT_PATH, SUBPROTOCOL);
  opened.defer(() => socket.terminate());
  const [challenge] = await once(socket, 'message');
  socket.send(
    JSON.stringify(signHello(identity, JSON.parse(String(challenge)).nonce, { epoch: newEpoch() })),
  );
  await once(socket, 'message');
  // The first bytes of a masked text frame of 200 bytes, and then one more now and then.
  const raw = (socket as unknown as { readonly _socket: { write(bytes: Buffer): void } })._socket;
  raw.write(Buffer.from([0x81, 0xfe, 0x00, 0xc8, 1, 2, 3, 4]));
  const dripping = setInterval(() => raw.write(Buffer.from([0x61])), 20);
  const [code] = await once(socket, 'close');
  clearInterval(dripping);
  expect(code).toBe(1006);
  await until(async () => (await endings(collector, identity)).length > 0);
  expect(await endings(collector, identity)).toEqual(['AGENT_SILENT']);
});

test('an agent that does not read is cut before what it should read fills the memory; others read on', async () => {
  const { collector, identity } = await started({ unreadBytes: 10_000 });
  const frozen = opened.use(await openRaw(identity, { epoch: newEpoch() }));
  frozen.freeze();
  const policy = { ...DEFAULT_POLICY, version: 'x'.repeat(32) };
  for (let round = 0; round < 1_000 && (await endings(collector, identity)).length === 0; round += 1) {
    for (let time = 0; time < 500; time += 1) collector.setPolicy(policy);
    await setImmediate();
  }
  expect(await endings(collector, identity)).toEqual(['AGENT_SLOW']);
  await delivers(collector);
});

test('who says no hello is told so and cut', async () => {
  const { identity } = await started({ helloTimeoutMs: 30 });
  const silent = opened.use(await connectRaw(identity, { epoch: newEpoch() }));
  expect(await silent.next()).toMatchObject({ type: 'bye', code: 'HELLO_TIMEOUT' });
  expect(await silent.closed).toBe(4408);
});

test('a flood of small frames is ended by name, and each connection has its own measure', async () => {
  const { collector, identity } = await started({});
  const socket = new WebSocket(identity.url.replace(/^http/, 'ws') + AGENT_PATH, SUBPROTOCOL);
  opened.defer(() => socket.terminate());
  await once(socket, 'open');
  const closed = once(socket, 'close');
  for (let ping = 0; ping < 30; ping += 1) socket.ping();
  expect((await closed)[0]).toBe(4429);
  await delivers(collector);
});

test('of one address only so many come in at once; the others are told when to come back', async () => {
  const { identity } = await started({ perAddress: { burst: 2, perSecond: 0 } });
  const come = async () => {
    const socket = new WebSocket(identity.url.replace(/^http/, 'ws') + AGENT_PATH, SUBPROTOCOL);
    socket.on('error', () => {});
    opened.defer(() => socket.terminate());
    return Promise.race([
      once(socket, 'open').then(() => 'open'),
      once(socket, 'unexpected-response').then(([, response]) => response),
    ]);
  };
  expect([await come(), await come()]).toEqual(['open', 'open']);
  const refused = await come();
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
});

test('a policy that changes is told to who is connected and to who comes', async () => {
  const { collector, identity } = await started({});
  await using connection = await openRaw(identity, { epoch: newEpoch() });
  const policy = { ...DEFAULT_POLICY, version: '7', userNames: 'hashed' } as const;
  collector.setPolicy(policy);
  expect(await connection.next()).toEqual({ type: 'policy', policy });
  const neighbor = await enrollRaw(await collector.token());
  await using late = await connectRaw(neighbor, { epoch: newEpoch() });
  late.hello();
  expect(await late.next()).toMatchObject({ type: 'welcome', policy });
});

test('a backlog waits for its turn, and is called by an ack that grants without anything being sent', async () => {
  const { collector, identity } = await started({});
  const returning = await enrolledMany(collector, 5);
  const epoch = newEpoch();
  const connections = [];
  for (const one of returning) connections.push(opened.use(await welcomedWith(one, newEpoch())));
  const last = opened.use(await welcomedWith(identity, epoch));
  const granted = [...connections, last].map(({ credits }) => credits);
  expect(granted.reduce((sum, credits) => sum + credits, 0)).toBeLessThanOrEqual(32);
  expect(last.credits).toBe(0);
  await connections[0]?.[Symbol.asyncDispose]();
  expect(await last.next()).toMatchObject({
    type: 'ack',
    epoch,
    through: 0,
    credits: expect.toSatisfy((n) => n > 0),
  });
});

async function enrolledMany(collector: TestCollector, count: number): Promise<readonly RawIdentity[]> {
  return Promise.all(Array.from({ length: count }, async () => enrollRaw(await collector.token())));
}

async function welcomedWith(identity: RawIdentity, epoch: string) {
  const connection = await connectRaw(identity, { epoch, next: 1_000 });
  connection.hello();
  const welcome = await connection.next();
  if (welcome.type !== 'welcome') throw new Error(JSON.stringify(welcome));
  return { ...connection, credits: welcome.credits };
}

test('who connects and then says its request a byte at a time is told 408', async () => {
  const { collector } = await started({ requestHeadMs: 60 });
  const { port, hostname } = new URL(collector.url);
  const socket = connect(Number(port), hostname);
  opened.defer(() => void socket.destroy());
  socket.write('GET /agent HTTP/1.1\r\n');
  const dripping = setInterval(() => socket.write('a'), 20);
  const [answer] = await once(socket, 'data');
  clearInterval(dripping);
  expect(String(answer)).toMatch(/^HTTP\/1.1 408/);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fact } from '../../../shared/facts.ts';
import type { Change } from '../../../shared/observation.ts';
import { instant, MINUTE } from '../../../shared/time.ts';
import { type TestCollector, testCollector } from '../../support/collector.ts';
import { SAMPLES } from '../../support/facts.ts';
import {
  ANYDESK,
  began,
  chainOf,
  enrollRaw,
  newEpoch,
  openRaw,
  type RawConnection,
} from '../../support/raw-agent.ts';
import { until } from '../../support/until.ts';

const HOME = '5f1c9a0be2d84736a1b0c3d4e5f60718';
const CAFE = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const { accessPoint: _, ...WLAN } = SAMPLES.network;
const at = (gateway: string): Fact => ({ ...WLAN, gateway });
const left = (gateway: string): Change => ({
  change: 'ended',
  fact: { kind: 'network', interface: WLAN.interface, gateway },
});

let collector: TestCollector;
beforeAll(async () => {
  collector = await testCollector({ config: { trustedProxies: ['127.0.0.1'] } });
  const homes = { ada: { lat: 41.88, lon: -87.63 }, bob: { lat: 42.36, lon: -71.06 } };
  for (const [id, home] of Object.entries(homes)) {
    const declaration = JSON.stringify({ countries: ['US'], home });
    await collector.store.db
      .insertInto('contractors')
      .values({ id, label: null, declaration, updated_at: instant(Date.now()) })
      .execute();
  }
});
afterAll(() => collector[Symbol.asyncDispose]());

interface Told extends RawConnection {
  readonly endpoint: string;
  readonly epoch: string;
  /** Tells, and waits until it is committed. */
  tell(changes: readonly Change[], time?: string): Promise<void>;
}

async function connected(contractor: string, ip: string): Promise<Told> {
  const identity = await enrollRaw(await collector.token({ contractor }));
  const epoch = newEpoch();
  const connection = await openRaw(identity, { epoch, headers: { 'x-forwarded-for': ip } });
  const chain = chainOf(identity, epoch);
  return {
    ...connection,
    endpoint: identity.endpoint,
    epoch,
    async tell(changes, time) {
      connection.send(chain.frame(changes, time));
      expect(await connection.next()).toMatchObject({ type: 'ack' });
    },
  };
}

function visits(place: string) {
  return collector.store.db
    .selectFrom('visits')
    .selectAll()
    .where('place', '=', place)
    .orderBy('span')
    .execute();
}

function spans(endpoint: string, kind: string) {
  return collector.store.db
    .selectFrom('spans')
    .selectAll()
    .where('endpoint', '=', endpoint)
    .where('kind', '=', kind)
    .orderBy('id')
    .execute();
}

async function findingsAt(place: string) {
  await collector.settled();
  const rows = await collector.store.db
    .selectFrom('findings')
    .selectAll()
    .where('subject', '=', place)
    .execute();
  return rows.map(({ rule, severity, outcome }) => ({ rule, severity, outcome }));
}

test('two contractors with different homes on one router, behind different addresses, are one place with two visitors', async () => {
  await using ada = await connected('ada', '198.51.100.7');
  await using bob = await connected('bob', '203.0.113.9');
  for (const one of [ada, bob]) await one.tell([began(at(HOME))]);
  const there = await visits(`gateway:${HOME}`);
  expect(there.map(({ contractor, to }) => [contractor, to])).toEqual([
    ['ada', null],
    ['bob', null],
  ]);
  expect(await findingsAt(`gateway:${HOME}`)).toEqual([
    { rule: 'shared-artifact', severity: 'high', outcome: 'open' },
  ]);
  expect(await findingsAt('egress:198.51.100.7')).toEqual([]);
});

test('two strangers behind one address, each with a router, are not', async () => {
  await using ada = await connected('ada', '198.51.100.20');
  await using bob = await connected('bob', '198.51.100.20');
  await ada.tell([began(at('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'))]);
  await bob.tell([began(at('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'))]);
  for (const router of ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb'])
    expect(await findingsAt(`gateway:${router}`)).toEqual([]);
  expect(await findingsAt('egress:198.51.100.20')).toEqual([]);
});

test('a stay ends with what tells of it, goes on through other batches, and begins anew elsewhere', async () => {
  await using eve = await connected('eve', '198.51.100.8');
  const start = Date.now() - 10 * MINUTE;
  await eve.tell([began(at(CAFE)), began({ ...SAMPLES.display, serial: CAFE })], instant(start));
  await eve.tell([began(ANYDESK)], instant(start + MINUTE));
  expect(await visits(`gateway:${CAFE}`)).toMatchObject([{ to: null, network_class: 'unknown' }]);
  await eve.tell([left(CAFE), began(at('dddddddddddddddddddddddddddddddd'))], instant(start + 2 * MINUTE));
  const [span] = await spans(eve.endpoint, 'network');
  expect(span?.to).not.toBeNull();
  expect(await visits(`gateway:${CAFE}`)).toMatchObject([{ span: span?.id, from: span?.from, to: span?.to }]);
  expect(await visits('gateway:dddddddddddddddddddddddddddddddd')).toMatchObject([{ to: null }]);
  expect(await visits(`display:${CAFE}`)).toMatchObject([{ to: null }]);
});

test('what began and ended within one batch was a stay too', async () => {
  await using eve = await connected('eve', '198.51.100.8');
  const hash = 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';
  await eve.tell([began(at(hash)), left(hash)]);
  const [visit] = await visits(`gateway:${hash}`);
  expect(visit?.to).not.toBeNull();
});

test('a new spool ends the stays and peers that the old one left open', async () => {
  const identity = await enrollRaw(await collector.token({ contractor: 'eve' }));
  const hash = 'ffffffffffffffffffffffffffffffff';
  for (const epoch of [newEpoch(), newEpoch()]) {
    await using connection = await openRaw(identity, { epoch });
    connection.send(chainOf(identity, epoch).frame([began(at(hash)), began(SAMPLES.control)]));
    expect(await connection.next()).toMatchObject({ type: 'ack' });
  }
  expect((await visits(`gateway:${hash}`)).map(({ to }) => to === null)).toEqual([false, true]);
  expect((await spans(identity.endpoint, 'peer')).map(({ to }) => to === null)).toEqual([false, true]);
});

test('the public peer of a login is placed by the collector for as long as any login from there goes on', async () => {
  await using eve = await connected('eve', '198.51.100.8');
  const login = (user: string): Fact => ({ ...SAMPLES.session, user, from: '175.45.178.10' });
  const logout = (user: string): Change => {
    const { clientName: __, ...identity } = SAMPLES.session;
    return { change: 'ended', fact: { ...identity, user, from: '175.45.178.10' } };
  };
  await eve.tell([began(login('ada')), began({ ...SAMPLES.session, from: '192.168.1.4' })]);
  await eve.tell([began(login('bob'))]);
  await eve.tell([logout('ada')]);
  const peers = await spans(eve.endpoint, 'peer');
  expect(peers).toMatchObject([{ source: 'collector', to: null, seq: null }]);
  expect(JSON.parse(peers[0]?.fact ?? '')).toMatchObject({
    ip: '175.45.178.10',
    by: 'session',
    country: 'KP',
  });
  await eve.tell([logout('bob')]);
  const [ended] = await spans(eve.endpoint, 'peer');
  const logins = await spans(eve.endpoint, 'session');
  expect(ended?.to).toBe(logins.find(({ fact }) => fact.includes('"bob"'))?.to);
});

test('an agent that claims what only the collector can see is refused', async () => {
  await using eve = await connected('eve', '198.51.100.8');
  const identity = await enrollRaw(await collector.token({ contractor: 'eve' }));
  const epoch = newEpoch();
  await using liar = await openRaw(identity, { epoch });
  liar.send(chainOf(identity, epoch).frame([began({ ...SAMPLES.egress, country: 'US' })]));
  expect(await liar.next()).toMatchObject({ type: 'bye', code: 'BATCH_INVALID' });
  await eve.tell([began(ANYDESK)]);
});

test('round trips are measured on real connections and noted when they end', async () => {
  const eve = await connected('eve', '198.51.100.8');
  await eve.tell([began(ANYDESK)]);
  // The first ping went out with the welcome, so its pong came before the ack of a second batch.
  await eve.tell([began({ ...ANYDESK, version: '2' } as Fact)]);
  await eve[Symbol.asyncDispose]();
  const [latency] = await until(async () => {
    const found = await spans(eve.endpoint, 'latency');
    return found.length > 0 && found;
  });
  const fact = JSON.parse(latency?.fact ?? '');
  expect(fact).toMatchObject({ kind: 'latency', count: 1 });
  expect(fact.minMs).toBeGreaterThan(0);
  expect(latency).toMatchObject({ source: 'collector', contractor: 'eve', from: fact.hour });
});

import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Config } from '../../../server/config.ts';
import { findEndpoint } from '../../../server/store/endpoint-views.ts';
import type { Status } from '../../../shared/api.ts';
import { testCollector } from '../../support/collector.ts';
import { enrollRaw, newEpoch, openRaw } from '../../support/raw-agent.ts';
import { tokenFor } from '../../support/token.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function started(config: Partial<Config>) {
  return opened.use(await testCollector({ config }));
}

type Started = Awaited<ReturnType<typeof started>>;

async function egressOf(collector: Started, url: string, headers: Record<string, string> = {}) {
  const identity = await enrollRaw(await collector.token());
  opened.use(await openRaw({ ...identity, url }, { epoch: newEpoch(), headers }));
  return (await findEndpoint(collector.store.db, identity.endpoint))?.endpoint.egress?.ip;
}

async function statusOf({ url, signInLink }: Started): Promise<Status> {
  const [, token] = (await signInLink('ada')).split('#');
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' };
  const api = `${url}/api/v1`;
  const signedIn = await fetch(`${api}/sign-in`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ token }),
  });
  const cookie = (signedIn.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  return (await fetch(`${api}/status`, { headers: { cookie } })).json() as Promise<Status>;
}

/** A proxy of TCP connections that begins each with these bytes. */
async function proxyTo(url: string, bytes: Buffer): Promise<string> {
  const { port } = new URL(url);
  const server = createServer((client) => {
    const upstream = connect(Number(port), '127.0.0.1');
    upstream.write(bytes);
    client.pipe(upstream).pipe(client);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.defer(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('an agent behind a named proxy is where the header says; a forged header is counted in the status', async () => {
  const behind = await started({ trustedProxies: ['127.0.0.1'] });
  const headers = { 'X-Forwarded-For': '198.51.100.1, 203.0.113.9' };
  expect(await egressOf(behind, behind.url, headers)).toBe('203.0.113.9');

  const open = await started({});
  expect(await egressOf(open, open.url, headers)).toBe('127.0.0.1');
  expect((await statusOf(open)).ignoredForwarding).toBe(1);
});

test('an agent behind a proxy of connections is where the PROXY header says, whatever it writes itself', async () => {
  const collector = await started({ trustedProxies: ['127.0.0.1'], proxyProtocol: true });
  const header = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb007109c000020111221d13', 'hex');
  const url = await proxyTo(collector.url, header);
  const identity = { ...(await enrollRaw(tokenFor(await collector.token(), { url }))), url };
  opened.use(await openRaw(identity, { epoch: newEpoch(), headers: { 'X-Forwarded-For': '198.51.100.1' } }));
  const detail = await findEndpoint(collector.store.db, identity.endpoint);
  expect(detail?.endpoint.egress?.ip).toBe('203.0.113.9');
});

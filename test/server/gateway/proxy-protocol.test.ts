import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { clientAddresses } from '../../../server/gateway/client-address.ts';
import { MOST_PROXY_BYTES, readPrefix, readSource } from '../../../server/gateway/proxy-header.ts';
import { proxyListener } from '../../../server/gateway/proxy-listener.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { testLog } from '../../support/test-log.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

function header(command: number, family: number, body: Buffer): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(body.length);
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), size, body]);
}

const ports = Buffer.from([0x11, 0x22, 0x1d, 0x13]);
const v4 = (client: readonly number[], more = Buffer.alloc(0)) =>
  header(0x21, 0x11, Buffer.concat([Buffer.from([...client, 192, 0, 2, 1]), ports, more]));
const v6 = (client: string) =>
  header(
    0x21,
    0x21,
    Buffer.concat([
      Buffer.from(client, 'hex'),
      Buffer.from('20010db8000000000000000000000001', 'hex'),
      ports,
    ]),
  );
const local = header(0x20, 0x00, Buffer.alloc(0));

/** An HTTP server that answers each request with the address it comes from, behind the listener. */
async function serving({ trustedProxies = ['127.0.0.1'], headerTimeoutMs = 5_000, tls = false } = {}) {
  const { log, lines } = testLog();
  let proxies: ReturnType<typeof proxyListener> | undefined;
  const clients = clientAddresses({
    trustedProxies,
    forwardedHeader: 'X-Forwarded-For',
    log,
    proxied: (socket) => proxies?.addressOf(socket),
  });
  const server: Server = tls ? createHttpsServer(await selfSigned()) : createServer();
  server.on('request', (request, response) => response.end(clients.of(request)));
  proxies = proxyListener(server, { trustedProxies, log, headerTimeoutMs });
  const { listener } = proxies;
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  opened.defer(() => {
    proxies[Symbol.dispose]();
    server.closeAllConnections();
  });
  const { port } = listener.address() as AddressInfo;
  return { port, lines, refused: () => proxies.refused() };
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: collector\r\nConnection: close\r\n\r\n';

async function answer(port: number, ...pieces: readonly (Buffer | string)[]): Promise<string> {
  const socket = await open(port);
  for (const piece of pieces) await new Promise((done) => socket.write(piece, done));
  return (await text(socket)).split('\r\n').findLast((line) => /^[\da-f.:]{4,}$/.test(line)) ?? '';
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  opened.defer(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

test.each([
  ['IPv4', [v4([203, 0, 113, 9])], '203.0.113.9'],
  ['IPv6', [v6('20010db8000500000000000000000009')], '2001:db8:5::9'],
  ['IPv4 with extras after it', [v4([203, 0, 113, 9], Buffer.alloc(300, 7))], '203.0.113.9'],
  ['of a family without addresses', [header(0x21, 0x00, Buffer.alloc(0))], '0.0.0.0'],
])('the client of a header with %s is taken from it', async (_, pieces, address) => {
  const { port } = await serving();
  expect(await answer(port, Buffer.concat(pieces), REQUEST)).toBe(address);
});

test('header and request may come in one piece, and the header in any pieces', async () => {
  const { port } = await serving();
  const bytes = v4([203, 0, 113, 9]);
  expect(await answer(port, Buffer.concat([bytes, Buffer.from(REQUEST)]))).toBe('203.0.113.9');
  const bits = Array.from(bytes, (byte) => Buffer.from([byte]));
  expect(await answer(port, ...bits, REQUEST)).toBe('203.0.113.9');
});

/** Whether the header and the first words of TLS come apart or in one piece. */
test.each([
  [
    'apart',
    (upstream: Socket, header: Buffer, hello: Buffer) => upstream.write(header) && upstream.write(hello),
  ],
  [
    'in one',
    (upstream: Socket, header: Buffer, hello: Buffer) => upstream.write(Buffer.concat([header, hello])),
  ],
])('the header comes before TLS, %s piece', async (_, begin) => {
  const { port } = await serving({ tls: true });
  const upstream = await open(port);
  const proxy = createTcpServer((client) => {
    client.once('data', (hello) => {
      begin(upstream, v4([203, 0, 113, 9]), hello);
      client.pipe(upstream).pipe(client);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  opened.defer(() => void proxy.close());
  const socket = connectTls({
    port: (proxy.address() as AddressInfo).port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  socket.write(REQUEST);
  expect(await text(socket)).toMatch(/\r\n\r\n(?:b\r\n)?203\.0\.113\.9/);
});

test('a health check of the proxy itself names no client', async () => {
  const { port } = await serving();
  expect(await answer(port, local, REQUEST)).toBe('0.0.0.0');
});

test('a proxy without a valid header is cut, counted and told once', async () => {
  const { port, refused, lines } = await serving();
  for (const bytes of [REQUEST, v4([203, 0, 113, 9]).subarray(1)]) {
    expect(await answer(port, bytes, 'more than sixteen bytes')).toBe('');
  }
  expect(refused()).toBe(2);
  expect(lines).toHaveLength(1);
});

test('a proxy that does not finish its header is cut', async () => {
  const { port, refused } = await serving({ headerTimeoutMs: 20 });
  const socket = await open(port);
  socket.write(SIGNATURE);
  socket.resume();
  await once(socket, 'close');
  expect(refused()).toBe(1);
});

test('a proxy that leaves within its header holds nothing open', async () => {
  const { port, refused } = await serving();
  const socket = await open(port);
  socket.end(SIGNATURE);
  socket.resume();
  await once(socket, 'close');
  expect(refused()).toBe(1);
});

test('a header from anywhere else gives nobody another address', async () => {
  const { port } = await serving({ trustedProxies: ['192.0.2.1'] });
  expect(await answer(port, v4([203, 0, 113, 9]), REQUEST)).toBe('');
  expect(await answer(port, REQUEST)).toBe('127.0.0.1');
});

test('nonsense never throws, and is no header', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      const prefix = readPrefix(Buffer.from(bytes.subarray(0, 16)));
      expect(prefix).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ maxLength: 64 }),
      (bytes, body) => {
        const prefix = readPrefix(Buffer.concat([SIGNATURE, bytes]));
        if (!prefix) return;
        expect(prefix.length).toBeLessThanOrEqual(MOST_PROXY_BYTES);
        const source = readSource(prefix, Buffer.from(body));
        if (source !== undefined) expect(source).toMatch(/^[\da-f.:]+$/);
      },
    ),
  );
});

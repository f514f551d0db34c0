import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type DoorOptions, putDoor } from '../../../server/gateway/door.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
});

async function served(options: DoorOptions) {
  const server = createServer((_request, response) => response.end('hello'));
  const door = putDoor(server, options);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.defer(async () => {
    door[Symbol.dispose]();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    opened.defer(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { door, dial };
}

async function answer(socket: Socket): Promise<string> {
  socket.write('GET / HTTP/1.1\r\nHost: collector\r\nConnection: close\r\n\r\n');
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part);
  return Buffer.concat(parts).toString();
}

test('a crowd is served one after another, and what it said while it waited is not lost', async () => {
  const { door, dial } = await served({ burst: 1, perSecond: 100 });
  const sockets = await Promise.all(Array.from({ length: 10 }, dial));
  const answers = Promise.all(sockets.map(answer));
  await expect.poll(() => door.waiting).toBeGreaterThan(0);
  for (const text of await answers) expect(text).toContain('hello');
  expect([door.waiting, door.cut]).toEqual([0, 0]);
});

test('who comes when too many wait already is cut, and who leaves makes room', async () => {
  const { door, dial } = await served({ burst: 1, perSecond: 0, mostWaiting: 2 });
  await dial();
  const waiting = [await dial(), await dial()];
  await expect.poll(() => door.waiting).toBe(2);
  const late = await dial();
  await once(late, 'close');
  expect(door.cut).toBe(1);
  waiting[0]?.resetAndDestroy();
  await expect.poll(() => door.waiting).toBe(1);
});

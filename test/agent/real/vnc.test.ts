import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { controlProbe } from '../../../agent/probes/control.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf } from '../../../shared/catalog/match.ts';
import { freePort, lacking, type Program, start } from '../../support/programs.ts';
import { until } from '../../support/until.ts';
import { contextOf, factsOf } from '../world.ts';

const context = contextOf(systemHost(), { matcher: matcherOf(CATALOG, 'linux') });
const controls = () => factsOf(controlProbe, context);

/** Of those that the catalog watches; other tests take the lower ones. */
const PORTS = [5905, 5904, 5903, 5902];

interface Screen extends AsyncDisposable {
  readonly display: string;
}

async function screen(): Promise<Screen> {
  const server = await start('Xvfb', ['-displayfd', '1', '-screen', '0', '640x480x16', '-nolisten', 'tcp']);
  const number = await until(() => /^(\d+)$/m.exec(server.printed())?.[1], { what: 'a screen' });
  return { display: `:${number}`, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** A viewer as RFC 6143 describes it, up to the moment when it sees the screen. */
async function viewer(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const read = reader(socket);
  await once(socket, 'connect');
  expect((await read(12)).toString()).toMatch(/^RFB 003\.\d{3}\n$/);
  socket.write('RFB 003.008\n');
  const [count = 0] = await read(1);
  expect([...(await read(count))]).toContain(1);
  socket.write(Buffer.of(1));
  expect((await read(4)).readUInt32BE()).toBe(0);
  socket.write(Buffer.of(1));
  expect((await read(4)).readUInt16BE()).toBe(640);
  return socket;
}

function reader(socket: Socket): (length: number) => Promise<Buffer> {
  let held = Buffer.alloc(0);
  socket.on('data', (data) => {
    held = Buffer.concat([held, data as Buffer]);
  });
  return async (length) => {
    await until(() => held.length >= length, { what: `${length} bytes of the VNC server` });
    const part = held.subarray(0, length);
    held = held.subarray(length);
    return part;
  };
}

async function x11vnc(display: string, port: number): Promise<Program> {
  const args = ['-display', display, '-rfbport', String(port), '-listen', '127.0.0.1', '-no6', '-noipv6'];
  const server = await start('x11vnc', [...args, '-nopw', '-forever', '-shared', '-noxdamage', '-norc']);
  await until(() => server.printed().includes(`PORT=${port}`), { what: 'x11vnc listens' });
  return server;
}

test('a VNC viewer on a shared screen is told with its address, and is gone when it leaves', async ({
  skip,
}) => {
  const reason = lacking(['Xvfb', 'x11vnc']);
  if (reason) skip(reason);
  await using shared = await screen();
  const port = await freePort(PORTS);
  await using _server = await x11vnc(shared.display, port);
  expect(await controls()).toEqual([]);
  const guest = await viewer(port);
  await until(async () => (await controls()).length > 0, { what: 'the control begins' });
  expect(await controls()).toEqual([{ kind: 'control', tool: 'x11vnc', peer: '127.0.0.1', relayed: false }]);
  guest.destroy();
  await until(async () => (await controls()).length === 0, { what: 'the control ends' });
});

test('a VNC server that is the screen itself tells its viewer as well', async ({ skip }) => {
  const reason = lacking(['Xtigervnc']);
  if (reason) skip(reason);
  const port = await freePort(PORTS);
  const args = ['-rfbport', String(port), '-localhost', '-SecurityTypes', 'None', '-geometry', '640x480'];
  await using server = await start('Xtigervnc', [`:${port - 5800}`, ...args]);
  await until(() => server.printed().includes('Listening for VNC connections'), {
    what: 'Xtigervnc listens',
  });
  const guest = await viewer(port);
  await until(async () => (await controls()).length > 0, { what: 'the control begins' });
  expect(await controls()).toEqual([
    { kind: 'control', tool: 'tigervnc', peer: '127.0.0.1', relayed: false },
  ]);
  guest.destroy();
  await until(async () => (await controls()).length === 0, { what: 'the control ends' });
});

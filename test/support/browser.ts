import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';

const CONSOLE = fileURLToPath(new URL('../../server/console', import.meta.url));
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The console as it ships, built into a folder of its own. */
export async function buildConsole(): Promise<Disposable & { readonly dir: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'farhand-console-'));
  await build({
    root: CONSOLE,
    configFile: join(CONSOLE, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: dir },
  });
  return { dir, [Symbol.dispose]: () => rmSync(dir, { recursive: true }) };
}

/** The system's Chromium. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS });
}

export interface Listening extends AsyncDisposable {
  readonly url: string;
  /** Cuts every connection and refuses new ones until `start`. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Tells of each connection that is accepted from now on. */
  connections(listener: (socket: Socket) => void): void;
}

/** The app on a loopback port. */
export async function listen(app: Hono): Promise<Listening> {
  const server = createServer(getRequestListener(app.fetch));
  const open = (port: number) => once(server.listen(port, '127.0.0.1'), 'listening');
  await open(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const stop = async () => {
    if (!server.listening) return;
    const closed = once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop,
    start: async () => {
      await open(address.port);
    },
    connections: (listener) => server.on('connection', listener),
    [Symbol.asyncDispose]: stop,
  };
}

/** What the page complains of from now on: errors, warnings, violations of its content security policy. */
export function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  return complaints;
}

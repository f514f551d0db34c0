import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { controlProbe } from '../../../agent/probes/control.ts';
import { listenerProbe } from '../../../agent/probes/listener.ts';
import type { Probe } from '../../../agent/probes/probe.ts';
import { sessionProbe } from '../../../agent/probes/session.ts';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf } from '../../../shared/catalog/match.ts';
import { freePort, lacking, outputOf, ownLoopback, type Program, start } from '../../support/programs.ts';
import { selfSigned } from '../../support/self-signed.ts';
import { until } from '../../support/until.ts';
import { contextOf, emptyTree, factsOf } from '../world.ts';

/** Of the catalog: on another port, a connection from this machine itself would be none of anybody's. */
const RDP = 3389;
/** xrdp reads it from /etc alone, whatever folder of settings it is given. */
const SESMAN = 3350;

async function whyNot(): Promise<string | undefined> {
  const programs = ['xrdp', 'xrdp-sesman', 'Xtigervnc', 'xfreerdp', 'Xvfb', 'useradd', 'userdel', 'chpasswd'];
  const reason = lacking(programs, { root: true });
  if (reason) return reason;
  for (const port of [RDP, SESMAN])
    if ((await freePort([port, 0])) !== port) return `port ${port} is in use, and xrdp takes no other`;
  return undefined;
}

interface Account extends AsyncDisposable {
  readonly name: string;
  readonly password: string;
}

async function account(home: string): Promise<Account> {
  const name = `farhand-${randomBytes(4).toString('hex')}`;
  const password = randomBytes(16).toString('hex');
  outputOf('useradd', [
    '--no-create-home',
    '--no-user-group',
    '--home-dir',
    home,
    '--shell',
    '/bin/sh',
    name,
  ]);
  const chpasswd = await start('chpasswd', []);
  chpasswd.child.stdin?.end(`${name}:${password}\n`);
  await until(() => chpasswd.child.exitCode !== null, { what: 'the password is set' });
  return {
    name,
    password,
    async [Symbol.asyncDispose]() {
      // It refuses while the account has processes, so that none is left behind.
      await until(() => isDone(() => outputOf('userdel', [name])), { what: 'the account is gone' });
    },
  };
}

function isDone(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

interface Server extends AsyncDisposable {
  /** Where its session manager writes its log, as it would on a machine of its own. */
  readonly log: string;
}

async function xrdp(folder: string, { address }: { readonly address: string }): Promise<Server> {
  const log = join(folder, 'var/log/xrdp-sesman.log');
  const running = join(folder, 'running');
  const desktop = join(folder, 'desktop');
  const { key, cert } = await selfSigned();
  await mkdir(join(folder, 'var/log'), { recursive: true });
  await writeFile(running, '');
  await writeFile(desktop, `#!/bin/sh\nwhile [ -e '${running}' ]; do sleep 0.1; done\n`, { mode: 0o755 });
  await writeFile(join(folder, 'key.pem'), key);
  await writeFile(join(folder, 'cert.pem'), cert);
  await writeFile(
    join(folder, 'sesman.ini'),
    ini({
      Globals: {
        ListenAddress: '127.0.0.1',
        ListenPort: SESMAN,
        EnableUserWindowManager: 'false',
        DefaultWindowManager: desktop,
      },
      Sessions: { X11DisplayOffset: 70, MaxSessions: 1, KillDisconnected: 'true' },
      Logging: { LogFile: log, LogLevel: 'INFO', EnableSyslog: 'false' },
      Xvnc: { param: ['Xvnc', '-bs', '-nolisten', 'tcp', '-localhost'] },
    }),
  );
  await writeFile(
    join(folder, 'xrdp.ini'),
    ini({
      Globals: {
        port: `tcp://${address}:${RDP}`,
        security_layer: 'tls',
        certificate: join(folder, 'cert.pem'),
        key_file: join(folder, 'key.pem'),
        autorun: 'Xvnc',
        // The client insists.
        allow_channels: 'true',
      },
      Logging: { LogFile: join(folder, 'xrdp.log'), LogLevel: 'INFO', EnableSyslog: 'false' },
      Channels: { rdpdr: 'false' },
      Xvnc: { name: 'Xvnc', lib: 'libvnc.so', username: 'ask', password: 'ask', ip: '127.0.0.1', port: -1 },
    }),
  );
  await using starting = new AsyncDisposableStack();
  starting.use(await start('xrdp-sesman', ['--nodaemon', '--config', join(folder, 'sesman.ini')]));
  starting.use(await start('xrdp', ['--nodaemon', '--config', join(folder, 'xrdp.ini')]));
  starting.defer(() => rm(running, { force: true }));
  const started = starting.move();
  return { log, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

type Settings = Readonly<Record<string, string | number | readonly string[]>>;

function ini(sections: Readonly<Record<string, Settings>>): string {
  return Object.entries(sections)
    .map(([name, settings]) => {
      const lines = Object.entries(settings).flatMap(([key, value]) =>
        (Array.isArray(value) ? value : [value]).map((one) => `${key}=${one}\n`),
      );
      return `[${name}]\n${lines.join('')}`;
    })
    .join('');
}

async function client(
  home: string,
  { name, password, address }: Pick<Account, 'name' | 'password'> & { readonly address: string },
): Promise<AsyncDisposable> {
  await using starting = new AsyncDisposableStack();
  const screen = starting.use(
    await start('Xvfb', ['-displayfd', '1', '-screen', '0', '800x600x24', '-nolisten', 'tcp']),
  );
  const display = await until(() => /^(\d+)$/m.exec(screen.printed())?.[1], { what: 'a screen' });
  const guest: Program = starting.use(
    await start('env', [
      `DISPLAY=:${display}`,
      `HOME=${home}`,
      'xfreerdp',
      `/v:${address}:${RDP}`,
      `/u:${name}`,
      `/p:${password}`,
      '/cert:ignore',
      '/size:640x480',
    ]),
  );
  expect(guest.child.exitCode).toBeNull();
  const started = starting.move();
  return { [Symbol.asyncDispose]: () => started.disposeAsync() };
}

test('a real login over RDP is told with its account and peer, as a session and as control of the desktop', {
  timeout: 40_000,
}, async ({ skip }) => {
  const reason = await whyNot();
  if (reason) skip(reason);
  await using tree = await emptyTree();
  await chmod(tree.root, 0o755);
  const address = ownLoopback();
  const matcher = matcherOf(CATALOG, 'linux');
  const ofXrdp = async (probe: Probe) =>
    (await factsOf(probe, contextOf(systemHost(), { matcher }))).filter(
      (fact) => 'tool' in fact && fact.tool === 'xrdp',
    );
  const home = join(tree.root, 'home');
  await mkdir(home);
  await using ada = await account(home);
  outputOf('chown', [ada.name, home]);
  await using server = await xrdp(tree.root, { address });
  expect(await ofXrdp(controlProbe)).toEqual([]);
  {
    await using _guest = await client(tree.root, { ...ada, address });
    const sessions = systemHost({ root: tree.root });
    // The log is of the real session manager; systemd-logind does not run here, so what it keeps is written as it would.
    await tree.write(
      'run/systemd/sessions/c1',
      `USER=${ada.name}\nSERVICE=xrdp-sesman\nTYPE=x11\nCLASS=user\nSTATE=active\nREALTIME=${Date.now() * 1_000}\n`,
    );
    const session = await until(
      async () => {
        const [fact] = await factsOf(sessionProbe, contextOf(sessions));
        return fact?.kind === 'session' && fact.from ? fact : undefined;
      },
      { withinMs: 20_000, what: `the session manager logs the peer in ${server.log}` },
    );
    expect(session).toMatchObject({ user: ada.name, method: 'rdp', from: expect.stringMatching(/^127\./) });
    expect(await ofXrdp(controlProbe)).toEqual([
      { kind: 'control', tool: 'xrdp', peer: session.from, relayed: false },
    ]);
    // It listens on loopback only, which nobody else can reach.
    expect(await ofXrdp(listenerProbe)).toEqual([]);
  }
  await until(async () => (await ofXrdp(controlProbe)).length === 0, { what: 'the control ends' });
});

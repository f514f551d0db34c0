import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemHost } from '../../../agent/host/system-host.ts';
import { sessionProbe } from '../../../agent/probes/session.ts';
import { farhandAgent } from '../../support/farhand-agent.ts';
import { freePort, lacking, outputOf, type Program, start } from '../../support/programs.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { contextOf, factsOf } from '../world.ts';

function whyNot(): string | undefined {
  if (existsSync('/run/utmp') || existsSync('/run/systemd/system'))
    return 'this machine keeps a list of logins, which a server of our own does not write';
  return lacking(['sshd', 'ssh', 'ssh-keygen']);
}

interface Server extends AsyncDisposable {
  login(): Promise<Program>;
}

/** A real server with keys of its own, which lets in whoever runs this test. */
async function sshServer(folder: string): Promise<Server> {
  for (const name of ['host', 'client'])
    outputOf('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  const port = await freePort([0]);
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/client.pub`,
    `PidFile ${folder}/pid`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'StrictModes no',
    'UsePAM no',
  ];
  await writeFile(join(folder, 'config'), `${config.join('\n')}\n`);
  // Where init did not make it: the server changes into it before anybody has logged in.
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  const server = await start('sshd', ['-D', '-e', '-f', join(folder, 'config')]);
  await until(() => server.printed().includes('Server listening'), { what: 'sshd listens' });
  return {
    async login() {
      const options = ['StrictHostKeyChecking=no', `UserKnownHostsFile=${folder}/known`, 'BatchMode=yes'];
      const client = await start('ssh', [
        '-tt',
        '-F',
        'none',
        ...options.flatMap((option) => ['-o', option]),
        ...['-i', join(folder, 'client'), '-p', String(port), `${userInfo().username}@127.0.0.1`],
        'echo logged in; cat',
      ]);
      await until(() => client.printed().includes('logged in'), { what: 'the login' }).catch(() => {
        throw new Error(`no login: ${client.printed()} ${server.printed()}`);
      });
      return client;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

test('a real login over SSH is told with its account and peer, and is gone after it', async ({ skip }) => {
  const reason = whyNot();
  if (reason) skip(reason);
  using folder = tempDir();
  await using server = await sshServer(folder.path);
  const now = () => factsOf(sessionProbe, contextOf(systemHost()));
  {
    await using client = await server.login();
    const { stdout, stderr } = await farhandAgent(['once', '--json', '--data-dir', folder.path]);
    expect(stderr).not.toContain('session:');
    const user = userInfo().username;
    const facts = stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    const near = { kind: 'session', user, method: 'ssh', from: '127.0.0.1', startedAt: expect.any(String) };
    expect(facts).toContainEqual(near);
    expect(await now()).toEqual([near]);
    client.child.stdin?.end();
  }
  await until(async () => (await now()).length === 0, { what: 'the login is gone' });
});

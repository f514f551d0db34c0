import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CodedError } from '../../shared/errors.ts';
import { type Collector, startCollector } from '../collector.ts';
import { environment, readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';
import { CONSOLE_DIR, told } from './serve.ts';

const AGENT = fileURLToPath(new URL('../../agent/main.ts', import.meta.url));

export const start: Command = {
  usage: `farhand start [--data-dir .farhand] [--port 7443]

Starts a collector on loopback, enrolls this machine's agent with it, starts that agent, and prints the console's address.
Stopping it (Ctrl-C) stops both. A second start goes on with the same data.`,
  async run(args) {
    const { values } = optionsOf(args, {
      'data-dir': { type: 'string', default: '.farhand' },
      port: { type: 'string' },
    });
    const folder = resolve(values['data-dir']);
    const config = readConfig({
      // Loopback and plain http, also where "init" made a certificate for others.
      ownFile: false,
      defaults: { logLevel: 'warn' },
      flags: { dataDir: join(folder, 'collector'), host: '127.0.0.1', port: values.port },
    });
    const log = openLog(config.logLevel);
    await using collector = await startCollector({
      config,
      log,
      consoleDir: CONSOLE_DIR,
      judgesInThread: true,
    });

    const agentDir = join(folder, 'agent');
    if (!existsSync(join(agentDir, 'identity.json'))) await enroll(collector, agentDir);
    const agent = runAgent(agentDir, ['run', '--stop-with-stdin'], {
      FARHAND_AGENT_COLLECTOR_URL: collector.url,
    });
    const agentEnded = once(agent, 'exit');
    process.stdout.write(`${welcomeText(folder, await collector.signInLink('admin'))}\n`);

    const early = await Promise.race([told().then(() => undefined), agentEnded]);
    if (early)
      throw new CodedError('INTERNAL', {
        reason: `the agent stopped by itself with code ${String(early[0])}; its message is above`,
      });
    // The agent leaves first, so that what it still says is stored. Closing its stdin also works where signals do not.
    agent.stdin?.end();
    await agentEnded;
    return 0;
  },
};

async function enroll(collector: Collector, agentDir: string): Promise<void> {
  const child = runAgent(agentDir, ['enroll', '--token-file', '-']);
  child.stdin?.end(await collector.token());
  const [code] = await once(child, 'exit');
  if (code !== 0)
    throw new CodedError('ENROLLMENT_FAILED', {
      reason: 'this machine could not be enrolled; the message above says why',
    });
}

/** The agent runs as its own process here too. When this one dies without a word, the closed stdin ends the agent. */
function runAgent(
  agentDir: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [AGENT, ...args, '--data-dir', agentDir, '--log-level', 'warn'], {
    // Its own process group: Ctrl-C reaches it through us, after the collector is ready for its good-bye.
    detached: true,
    env: { ...environment(), ...settings },
    stdio: ['pipe', 'ignore', 'inherit'],
  });
}

function welcomeText(folder: string, link: string): string {
  return `Farhand watches ${hostname()}: remote-access tools, their open ports, login sessions, VPN tunnels, the network, clock and platform. Data: ${folder}

  Console  ${link}
           (signs you in once, within 30 minutes)

Press Ctrl-C to stop collector and agent.`;
}

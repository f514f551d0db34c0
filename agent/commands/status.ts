import { VERSION } from '../../shared/version.ts';
import { readConfig } from '../config.ts';
import { readIdentity } from '../identity.ts';
import { isRunning } from '../lock.ts';
import { openSpoolToRead } from '../spool-file.ts';
import { spoolReader } from '../spool-reader.ts';
import { optionsOf } from './arguments.ts';
import type { Command } from './command.ts';

export const statusCommand: Command = {
  name: 'status',
  summary: 'who this endpoint is, what waits for delivery, how its probes are',
  usage: `Usage: farhand-agent status [--json] [--data-dir <folder>]
`,
  async run(args) {
    const values = optionsOf(args, { json: { type: 'boolean' } });
    const { dataDir } = readConfig({ dataDir: values['data-dir'], logLevel: values['log-level'] });
    const status = statusOf(dataDir);
    process.stdout.write(values.json ? `${JSON.stringify(status)}\n` : textOf(status));
    return 0;
  },
};

type Status = ReturnType<typeof statusOf>;

function statusOf(dataDir: string) {
  const { endpoint, url } = readIdentity(dataDir);
  const running = isRunning(dataDir);
  using database = openSpoolToRead(dataDir);
  const spool = database && spoolReader(database);
  const position = spool?.position();
  return {
    version: VERSION,
    endpoint,
    url,
    dataDir,
    running,
    link: linkOf(spool?.kept('link')),
    position,
    waiting: position ? position.next - position.oldest : 0,
    lastAck: spool?.lastAck(),
    lastAlive: spool?.lastAlive(),
    probes: spool?.openFacts().flatMap((fact) => (fact.kind === 'agent' ? [fact.probes] : []))[0] ?? {},
  };
}

function textOf({ endpoint, url, running, link, position, waiting, lastAck, probes }: Status): string {
  const health = Object.entries(probes).map(([name, verdict]) => `${name} ${verdict}`);
  const rows = [
    ['Endpoint', `${endpoint} at ${url}`],
    ['Agent', `${VERSION}, ${running ? 'running' : 'not running'}`],
    ['Link', running ? linkText(link) : 'none while the agent does not run'],
    ['Spool', position ? `epoch ${position.epoch}, next ${position.next}, ${waiting} waiting` : 'none yet'],
    ['Last ack', lastAck ?? 'none yet'],
    ['Probes', health.join(', ') || 'none has run yet'],
  ];
  return rows.map(([name = '', value]) => `${name.padEnd(10)}${value}\n`).join('');
}

interface KnownLink {
  readonly connected?: boolean;
  readonly since?: string;
  readonly problem?: string;
}

function linkOf(text: string | undefined): KnownLink {
  return text === undefined ? {} : JSON.parse(text);
}

function linkText({ connected, since, problem }: KnownLink): string {
  if (since === undefined) return 'not yet made';
  return connected ? `connected since ${since}` : `not connected since ${since} (${problem})`;
}

/** A running agent holds the lock; when it is free, nobody runs. */

import { type Matcher, matcherOf } from '../../shared/catalog/match.ts';
import type { Fact } from '../../shared/facts.ts';
import { usableCatalog } from '../catalog.ts';
import { readConfig } from '../config.ts';
import type { Host } from '../host/host.ts';
import { systemHost } from '../host/system-host.ts';
import { PROBES } from '../probes/index.ts';
import type { Probe } from '../probes/probe.ts';
import { runProbe } from '../probes/run-probe.ts';
import { optionsOf } from './arguments.ts';
import type { Command } from './command.ts';
import { type LocalState, localState, passingHash } from './local-state.ts';

export const onceCommand: Command = {
  name: 'once',
  summary: 'look once and print what would be reported; sends nothing',
  usage: `Usage: farhand-agent once [--json] [--data-dir <folder>]

Runs every probe once and prints the facts that are true now. Nothing is kept and nothing leaves this machine.

  --json   one fact a line, as it would be sent
`,
  async run(args) {
    const { json, ...common } = optionsOf(args, { json: { type: 'boolean' } });
    const local = localState(common);
    if (!local.identity)
      warn('Not enrolled: hashes are made with a key for this run alone, and compare with nothing.');
    const { dataDir } = readConfig({ dataDir: common['data-dir'], logLevel: common['log-level'] });
    const catalog = usableCatalog(dataDir, (error) => warn(error.message));
    const host = systemHost();
    const facts = await lookOnce({
      host,
      probes: PROBES,
      matcher: matcherOf(catalog, host.os),
      local,
    });
    process.stdout.write(json ? facts.map((fact) => `${JSON.stringify(fact)}\n`).join('') : tableOf(facts));
    return 0;
  },
};

interface Look {
  readonly host: Host;
  readonly probes: readonly Probe[];
  readonly matcher: Matcher;
  readonly local: LocalState;
}

/** What all probes find, in their order; those that find nothing for a reason say so on stderr. */
async function lookOnce({ host, probes, matcher, local }: Look): Promise<readonly Fact[]> {
  const keyedHash = local.identity?.keyedHash ?? passingHash();
  const context = { host, matcher, keyedHash, policy: local.policy, signal: new AbortController().signal };
  const outcomes = await Promise.all(probes.map((probe) => runProbe(probe, context)));
  return outcomes.flatMap((outcome, index) => {
    const name = probes[index]?.name ?? '';
    if (outcome.health !== 'ok') {
      warn(`${name}: ${outcome.health}. ${outcome.error.message}`);
      return [];
    }
    if (isOrdinaryUser()) warnOfLimit(probes[index]);
    for (const reason of outcome.leftOut) warn(`${name}: left out. ${reason}`);
    return [...outcome.facts.values()];
  });
}

/** Windows has no user ids; there the host itself says what it was denied. */
function isOrdinaryUser(): boolean {
  return process.getuid !== undefined && process.getuid() !== 0;
}

function warnOfLimit(probe: Probe | undefined): void {
  if (probe?.needs !== undefined) warn(`${probe.name}: limited. ${probe.needs}`);
}

export function tableOf(facts: readonly Fact[]): string {
  if (facts.length === 0) return 'Nothing that would be reported was found.\n';
  return facts
    .map(({ kind, ...rest }) => {
      const fields = Object.entries(rest).map(([name, value]) => `${name} ${shown(value)}`);
      return `${kind.padEnd(10)}${fields.join(', ')}\n`;
    })
    .join('');
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(' + ');
  if (typeof value === 'object' && value !== null) return Object.values(value).map(shown).join(' ');
  // Names come from the system, and a terminal obeys control characters.
  return String(value).replaceAll(/\p{Cc}/gu, '?');
}

function warn(line: string): void {
  process.stderr.write(`${line.replaceAll(/\p{Cc}/gu, '?')}\n`);
}

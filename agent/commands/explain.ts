import { DEFAULT_CEILING, type Policy } from '../../shared/policy.ts';
import type { Identity } from '../identity.ts';
import { PROBES } from '../probes/index.ts';
import type { Probe } from '../probes/probe.ts';
import { optionsOf } from './arguments.ts';
import type { Command } from './command.ts';
import { type LocalState, localState } from './local-state.ts';
import { dayAndTime, paragraph } from './text.ts';

export const explainCommand: Command = {
  name: 'explain',
  summary: 'what is read on this machine, what never is, and how often',
  usage: `Usage: farhand-agent explain [--data-dir <folder>]
`,
  async run(args) {
    process.stdout.write(explanation(PROBES, localState(optionsOf(args, {}))));
    return 0;
  },
};

function mirrorsText({ mirrors }: Pick<Identity, 'mirrors'>): string {
  const [first] = mirrors;
  if (!first) return '';
  const names = mirrors.map(({ url }) => url).join(', ');
  return ` Every ten minutes ${names} is asked from which public address this machine speaks, and is told nothing else.`;
}

export function explanation(probes: readonly Probe[], local: LocalState): string {
  const { identity, policy } = local;
  const receiver = identity
    ? `What is found goes to ${identity.url}, for the endpoint ${identity.endpoint}, and nowhere else.${mirrorsText(identity)}`
    : 'This machine is not enrolled: nothing is sent to anyone.';
  return [
    paragraph(
      `Farhand reports how this machine is reached: remote-access tools, VPNs, logins and networks. ${receiver}`,
    ),
    paragraph(
      'It has no remote control: the collector can set how often each probe looks and whether account names are hashed, and cannot run, read or change anything else here.',
    ),
    paragraph(
      'What is called a hash below is made with a key of your organization: equal things compare equal inside it and mean nothing outside.',
    ),
    ...probes.map((probe) => probeText(probe, policy)),
    policyText(local),
    paragraph(
      'To see for yourself: `farhand-agent once` prints what would be reported now, and `farhand-agent sent` prints all that left this machine.',
    ),
  ].join('\n');
}

function policyText({ policy, toldAt, identity }: LocalState): string {
  const { cpuPercent, memoryMb } = policy.ceiling ?? DEFAULT_CEILING;
  const origin = toldAt
    ? `told by the collector on ${dayAndTime(toldAt)} and remembered since`
    : identity
      ? 'built in, until the collector has told its own'
      : 'built in, as no collector is known';
  return [
    `Policy in force: ${policy.version}\n`,
    paragraph(`Where it is from: ${origin}.`, '  '),
    paragraph(
      policy.userNames === 'hashed'
        ? 'Account names are sent as hashes.'
        : 'Account names are sent as they are.',
      '  ',
    ),
    paragraph(
      `Ceiling: ${cpuPercent} % of one processor core over five minutes, and ${memoryMb} MB of memory. Before it costs more, Farhand looks less often, and reports that.`,
      '  ',
    ),
  ].join('');
}

function probeText({ name, everySeconds, reads, never, needs }: Probe, policy: Policy): string {
  const told = policy.everySeconds[name];
  const pace = `every ${spelled(told ?? everySeconds)}${told === undefined ? '' : ', as the policy says'}`;
  const rows = [
    ['Reads', reads],
    ['Never', never],
    ['Needs', needs],
  ];
  return [
    `${name} (${pace})\n`,
    ...rows.flatMap(([label, text]) => (text ? [paragraph(`${label}: ${text}`, '  ')] : [])),
  ].join('');
}

function spelled(seconds: number): string {
  const [count, unit] =
    seconds % 3_600 === 0
      ? [seconds / 3_600, 'hour']
      : seconds % 60 === 0
        ? [seconds / 60, 'minute']
        : [seconds, 'second'];
  return count === 1 ? unit : `${count} ${unit}s`;
}

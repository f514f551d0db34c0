import { CodedError } from '../../shared/errors.ts';
import { readConfig } from '../config.ts';
import type { Explanation } from '../intel/explanation.ts';
import type { FileState } from '../intel/file-state.ts';
import { type Intel, openIntel } from '../intel/intel.ts';
import { openLog } from '../log.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const intel: Command = {
  usage: `farhand intel lookup <ip> [--json] [--config <file>]

Answers as the collector would with this configuration: every source that was asked, what it said and which of them decided, where the
radius comes from, the class of the network with source and confidence, and the age of each file. Nothing is asked over the network.

  --json           one JSON object
  --config <file>  the collector's configuration (default: FARHAND_CONFIG)

Example: farhand intel lookup 175.45.178.10`,
  async run(args) {
    const options = { json: { type: 'boolean', default: false }, config: { type: 'string' } } as const;
    const { values, positionals } = optionsOf(args, options, true);
    const [verb, ip, ...rest] = positionals;
    if (verb !== 'lookup' || ip === undefined || rest.length > 0)
      throw new CodedError('USAGE', { expected: 'farhand intel lookup <ip>' });
    const { geo } = readConfig({ file: values.config });
    await using opened = await openIntel({ ...geo, log: openLog('warn') });
    const explanation = opened.explain(ip);
    if (!explanation) throw new CodedError('ADDRESS_INVALID', { address: printable(ip) });
    process.stdout.write(values.json ? jsonOf(explanation, opened) : textOf(explanation, opened));
    return 0;
  },
};

function jsonOf(explanation: Explanation, { version, attributions, files }: Intel): string {
  return `${JSON.stringify({ ...explanation, version, attributions, files: files() }, undefined, 2)}\n`;
}

function textOf({ fact, scope, asked, place, classes }: Explanation, opened: Intel): string {
  const { country, region, city, lat, lon, radiusKm, asn, org, networkClass } = fact;
  const where = [city, region, country].filter(Boolean).join(', ') || 'unknown';
  const [decided, ...others] = classes;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['address', scope === 'public' ? fact.ip : `${fact.ip} (${scope})`],
    ['place', fact.disputed ? `${where} (disputed)` : where],
    ['point', lat === undefined ? `none; ${place.why}` : `${lat} ${lon}, within ${radiusKm} km`],
    ['radius', place.radius],
    ['decided by', place.decidedBy],
    ['network', asn === undefined ? 'unknown' : `AS${asn} ${org ?? ''}`],
    ['class', decided ? `${networkClass} (${decided.confidence})` : `${networkClass}: no source says more`],
    ['class by', decided?.source],
    ...others.map(
      (other) => ['also', `${other.networkClass} (${other.confidence}): ${other.source}`] as const,
    ),
  ];
  const sections = [
    tableOf(rows.flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]))),
    asked.length === 0
      ? ''
      : `Asked, the first to know a place decides:\n${tableOf(asked.map(({ source, said }) => [`  ${source}`, said]))}`,
    filesText(opened.files()),
    [opened.version, ...opened.attributions.map(({ text, url }) => `${text} ${url}`), ''].join('\n'),
  ];
  return printable(sections.filter((section) => section !== '').join('\n'));
}

function filesText(files: readonly FileState[]): string {
  if (files.length === 0) return '';
  const lines = files.map(({ purpose, name, path, ageDays, stale, entries, skipped, refused }) => {
    const facts = [
      name,
      ageDays === undefined ? 'not in force' : `${ageDays} days old${stale ? ', STALE' : ''}`,
      entries === undefined ? undefined : `${entries} entries`,
      skipped && `${skipped.count} lines passed over (${skipped.first.join('; ')})`,
      refused && `refused: ${refused}`,
    ];
    return [`  ${purpose}`, `${path}: ${facts.filter(Boolean).join(', ')}`] as const;
  });
  return `Files:\n${tableOf(lines)}`;
}

function tableOf(rows: readonly (readonly string[])[]): string {
  const width = Math.max(0, ...rows.map(([name = '']) => name.length));
  return rows.map(([name = '', text = '']) => `${name.padEnd(width)}  ${text}\n`).join('');
}

/** Names of networks and cities come from files of others. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, '?');
}

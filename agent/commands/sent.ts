import { CodedError } from '../../shared/errors.ts';
import type { Fact, FactIdentity } from '../../shared/facts.ts';
import type { Observation } from '../../shared/observation.ts';
import { DAY, HOUR, instant, MINUTE } from '../../shared/time.ts';
import { readConfig } from '../config.ts';
import { openSpoolToRead } from '../spool-file.ts';
import { type SentBatch, spoolReader } from '../spool-reader.ts';
import { optionsOf } from './arguments.ts';
import type { Command } from './command.ts';
import { sentenceOf } from './sentence.ts';
import { dayAndTime, printable } from './text.ts';

const UNITS: Readonly<Record<string, number>> = { m: MINUTE, h: HOUR, d: DAY };

export const sentCommand: Command = {
  name: 'sent',
  summary: 'every observation that left this machine',
  usage: `Usage: farhand-agent sent [--last <time>] [--json] [--data-dir <folder>]

  --last <time>   how far to look back, such as 90m, 24h (as when left out) or 7d
  --json          one JSON object a line

Lists what the collector has acknowledged in that time, and what was sealed and may have left without an answer: a sentence each,
and below it everything that was sent of it.
`,
  async run(args) {
    const values = optionsOf(args, { last: { type: 'string', default: '24h' }, json: { type: 'boolean' } });
    const { dataDir } = readConfig({ dataDir: values['data-dir'], logLevel: values['log-level'] });
    const since = instant(Date.now() - spanOf(String(values.last)));
    using database = openSpoolToRead(dataDir);
    const batches = database ? spoolReader(database).sent(since) : [];
    const lineOf = values.json ? jsonLine : textLine;
    let count = 0;
    for (const batch of batches) {
      for (const observation of batch.payload.observations) process.stdout.write(lineOf(batch, observation));
      count += batch.payload.observations.length;
    }
    if (count === 0 && !values.json) process.stdout.write('Nothing left this machine in that time.\n');
    return 0;
  },
};

function spanOf(text: string): number {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? [];
  const size = UNITS[unit];
  if (size === undefined)
    throw new CodedError('USAGE', { reason: `--last ${text}`, expected: '90m, 24h or 7d' });
  return Number(count) * size;
}

function jsonLine({ epoch, deliveredAt }: SentBatch, observation: Observation): string {
  return `${JSON.stringify({ epoch, deliveredAt, ...observation })}\n`;
}

/** The sentence first, and below it every value that went, so that nothing is hidden behind words. */
function textLine({ deliveredAt }: SentBatch, observation: Observation): string {
  const { seq, at, fact } = observation;
  const fate = deliveredAt === null ? 'not yet acknowledged' : `delivered ${dayAndTime(deliveredAt)}`;
  const sent = `#${seq} ${observation.change} ${fact.kind}${valuesOf(fact)}`;
  return `${dayAndTime(at)}  ${printable(sentenceOf(observation))}\n    ${printable(sent)} (${fate})\n`;
}

function valuesOf(fact: Fact | FactIdentity): string {
  return Object.entries(fact)
    .filter(([name]) => name !== 'kind')
    .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
    .join('');
}

import { readConfig } from '../config.ts';
import { type Examined, examine } from '../doctor/examine.ts';
import { openLog } from '../log.ts';
import { openStore } from '../store/store.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const doctor: Command = {
  usage: `farhand doctor [--all] [--json] [--config file] [--data-dir folder]

Checks the database, the chains and signatures of evidence, the action log, tombstones, clock, disk, certificate and reference data,
and says what helps. Looks at some spools; --all looks at every batch. May run beside the collector.
Ends with 0 when nothing is wrong, and with 1 when something needs attention. --json prints one check a line.`,
  async run(args) {
    const { values } = optionsOf(args, {
      all: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      config: { type: 'string' },
      'data-dir': { type: 'string' },
    });
    const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    await using store = await openStore(config.dataDir);
    const log = openLog('silent');
    const examined = await examine({ db: store.db, config, now: Date.now(), log, all: values.all });
    process.stdout.write(
      values.json ? examined.map((one) => `${JSON.stringify(one)}\n`).join('') : reportOf(examined),
    );
    return examined.some(({ verdict }) => verdict === 'problem') ? 1 : 0;
  },
};

function reportOf(examined: readonly Examined[]): string {
  const wrong = examined.filter(({ verdict }) => verdict === 'problem');
  const summary =
    wrong.length === 0
      ? 'Nothing is wrong.'
      : `${wrong.length} ${wrong.length === 1 ? 'thing needs' : 'things need'} attention.`;
  const problems = wrong.map(
    ({ check, what, remedy }) => `  ${check}: ${what}\n    What helps: ${remedy ?? ''}\n`,
  );
  const fine = examined
    .filter(({ verdict }) => verdict === 'fine')
    .map(({ check, what }) => `  ${check}: ${what}\n`);
  return [`${summary}\n`, ...problems, '\nIn order\n', ...fine].join('');
}

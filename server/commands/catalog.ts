import { readFile, stat } from 'node:fs/promises';
import { CATALOG } from '../../shared/catalog/index.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import { writeAdditions } from '../catalog/additions-file.ts';
import { importListings, type Refusal } from '../catalog/import-listings.ts';
import { listingsOf } from '../catalog/listing.ts';
import { dataDirOf } from '../config.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

const MAX_BYTES = 50 * 1024 * 1024;
const SHOWN = 3;

export const catalog: Command = {
  usage: `farhand catalog import <rmm_tools.json> [--dry-run] [--json] [--data-dir <folder>]

Reads the file rmm_tools.json of the LOLRMM project, cleans each product by the checks of Farhand's own catalog, and writes
catalog.json into the collector's folder, in place of an earlier one. Farhand's own records win. What is refused is told.

The collector reads the file when it starts. Agents bring their own catalog: to let them look for the added products as
well, put the same file into an agent's data folder and start it again.

  --dry-run            say what would be taken; write nothing
  --json               the whole report, each refusal with its reason
  --data-dir <folder>  the collector's folder (default .farhand/collector)

Example: farhand catalog import rmm_tools.json --json > report.json`,
  async run(args) {
    const { values, positionals } = optionsOf(
      args,
      {
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'data-dir': { type: 'string' },
      },
      true,
    );
    const [verb, file, ...rest] = positionals;
    if (verb !== 'import' || file === undefined || rest.length > 0)
      throw new CodedError('USAGE', { expected: 'farhand catalog import <rmm_tools.json>' });

    const { listings, nameless } = listingsOf(await contentOf(file));
    const { tools, refused } = importListings(listings, CATALOG);
    const all = [...nameless.map((at) => ({ record: `entry ${at}`, why: 'no name' })), ...refused];
    const written = values['dry-run']
      ? undefined
      : await writeAdditions(dataDirOf(values['data-dir']), tools);
    const report = {
      listed: listings.length + nameless.length,
      taken: tools.length,
      unused: listings.reduce((sum, { unused }) => sum + unused, 0),
      ...(written === undefined ? {} : { written }),
    };
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ ...report, records: tools.map(({ id }) => id), refused: all }, null, 2)}\n`
        : textOf(report, all),
    );
    return 0;
  },
};

async function contentOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw new CodedError('CATALOG_INVALID', { file, reason: 'larger than 50 MB' });
    return await readFile(file, 'utf8');
  } catch (error) {
    throw codedError(error, 'FILE_UNREADABLE');
  }
}

interface Report {
  readonly listed: number;
  readonly taken: number;
  readonly unused: number;
  readonly written?: string;
}

function textOf({ listed, taken, unused, written }: Report, refused: readonly Refusal[]): string {
  const byReason = [
    ...Map.groupBy(refused, ({ why }) => why.replace(/(?<=record |belongs to )\S+/, '…')),
  ].toSorted(([, a], [, b]) => b.length - a.length);
  const lines = byReason.map(([why, all]) => {
    const some = all
      .slice(0, SHOWN)
      .map(({ record, what }) => (what === undefined ? record : `${record}: ${what}`));
    return `  ${String(all.length).padStart(5)}  ${why} (${some.join('; ')}${all.length > SHOWN ? '; …' : ''})\n`;
  });
  return [
    `${taken} of ${listed} products taken${written === undefined ? '; nothing written' : `, written to ${written}`}\n`,
    `${unused} rows of domains, ports, signers and hashes were not used\n`,
    lines.length === 0 ? '' : 'Refused:\n',
    ...lines,
  ]
    .join('')
    .replaceAll(/[^\P{Cc}\n]/gu, '?');
}

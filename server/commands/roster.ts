import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { parseArgs } from 'node:util';
import { ESSENTIAL_PARTS } from '../../shared/declaration.ts';
import { CodedError, codedError } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { openCatalog } from '../catalog/additions-file.ts';
import { dataDirOf } from '../config.ts';
import { COLUMNS } from '../roster/columns.ts';
import type { RosterFormat } from '../roster/parse-roster.ts';
import { listed } from '../roster/problem.ts';
import { MOST_ROSTER_BYTES, readRoster } from '../roster/read-roster.ts';
import { serialHash } from '../roster/serial-hash.ts';
import { endpointIds, importContractors, previewImport } from '../store/contractors.ts';
import { organizationKey } from '../store/meta.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';

export const roster: Command = {
  usage: `farhand roster import <file.csv|file.json> [--dry-run] [--data-dir <folder>]

Adds and changes contractors, all rows or none. A row is the whole declaration: what it leaves out is no longer
declared. Contractors that the file does not name stay as they are.

  --dry-run            check the file and say what would change
  --data-dir <folder>  the collector's folder (default .farhand/collector)

CSV columns, all but the first optional:
  ${Object.keys(COLUMNS).join(' ')}
Lists within a cell are separated by semicolons (US;CA); work_days takes ranges too (mon-fri).
issued_serials are the serial numbers as they stand on the machines; only their keyed hashes are kept. flexible_hours,
mobile_worker and virtual_machine are yes or no (true or false in JSON).
JSON is an array of objects with id, label, ${[
    ...new Set(
      Object.values(COLUMNS)
        .slice(2)
        .map((place) => place.split('.')[0]),
    ),
  ].join(', ')}.

Example:
  contractor,label,countries,timezone,work_days,work_from,work_to,approved_tools,endpoints
  c-1001,Ada Example,US;CA,America/Chicago,mon-fri,09:00,17:30,anydesk,laptop-1
`,
  run,
};

async function run(args: readonly string[]): Promise<number> {
  const { file, dryRun, dataDir } = optionsOf(args);
  const format = formatOf(file);
  const content = await contentOf(file);
  await using store = await openStore(dataDirOf(dataDir));
  const read = readRoster(content, {
    format,
    catalog: await openCatalog(dataDirOf(dataDir)),
    endpoints: await endpointIds(store.db),
    hash: serialHash(await organizationKey(store.db)),
  });
  if ('problems' in read)
    throw new CodedError('ROSTER_INVALID', { file, problems: `\n${listed(read.problems)}\n` });

  const { entries } = read;
  const summary = dryRun
    ? await previewImport(store.db, entries)
    : await importContractors(store, entries, {
        at: instant(Date.now()),
        ...commandLine(),
        detail: { file: basename(file), sha256: createHash('sha256').update(content).digest('hex') },
      });
  const { added, changed, unchanged, bound } = summary;
  process.stdout.write(
    `${dryRun ? 'Would import' : 'Imported'}: ${added} new, ${changed} changed, ${unchanged} unchanged; endpoints bound: ${bound}\n`,
  );
  for (const part of ESSENTIAL_PARTS) {
    const without = entries.filter(({ declaration }) => declaration?.[part] === undefined).length;
    if (without > 0)
      process.stderr.write(
        `${without} of ${entries.length} declare no ${part}: nothing there can be contradicted\n`,
      );
  }
  return 0;
}

interface Options {
  readonly file: string;
  readonly dryRun: boolean;
  readonly dataDir: string | undefined;
}

function optionsOf(args: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'dry-run': { type: 'boolean', default: false }, 'data-dir': { type: 'string' } },
    });
    const [verb, file, ...rest] = positionals;
    if (verb !== 'import' || file === undefined || rest.length > 0)
      throw new CodedError('USAGE', { expected: 'farhand roster import <file.csv|file.json>' });
    return { file, dryRun: values['dry-run'], dataDir: values['data-dir'] };
  } catch (error) {
    throw codedError(error, 'USAGE');
  }
}

function formatOf(file: string): RosterFormat {
  const extension = extname(file).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.json') return 'json';
  throw new CodedError('USAGE', { file, expected: 'a name that ends in .csv or .json' });
}

async function contentOf(path: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > MOST_ROSTER_BYTES)
      throw new CodedError('ROSTER_INVALID', { file: path, reason: 'larger than 10 MB' });
    return await file.readFile();
  } catch (error) {
    throw codedError(error, 'FILE_UNREADABLE');
  }
}

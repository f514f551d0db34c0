import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as z from 'zod/mini';
import { CodedError } from '../../shared/errors.ts';
import { type PackScope, packScopeSchema } from '../../shared/pack.ts';
import { problemsOf } from '../../shared/problems.ts';
import { instant } from '../../shared/time.ts';
import { makePack, noteExport, packName } from '../audit/make-pack.ts';
import { terminalProgress } from '../audit/progress.ts';
import { readConfig } from '../config.ts';
import { configuredSettings } from '../detector/configured-settings.ts';
import { openLog } from '../log.ts';
import { openStore } from '../store/store.ts';
import { commandLine } from './actor.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const exportCommand: Command = {
  usage: `farhand export --from day --to day [--contractor id …] [--endpoint id …] [--case id …] [--redact] [--out file|folder]
               [--config file] [--data-dir folder]

Writes a signed audit pack, one zip that "farhand verify" checks offline: sealed evidence byte for byte, spans, findings, cases,
proposals, declarations, gaps, coverage, the action log, rules with their settings, and every key, as JSON Lines and CSV, with a report
for people, report.html and report.pdf. The collector may run meanwhile.
  --from, --to  days such as 2026-01-01 (from its start, in UTC) or full times; --to is the first moment that is not in it
  --contractor, --endpoint, --case  narrow it to these; each may be given several times
  --redact      without names, accounts, hosts, ends of addresses, and without what batches say; their seals stay
  --out         where it goes; into the current folder, under a name that tells the range, when left out

Example: farhand export --from 2026-01-01 --to 2026-04-01 --out /srv/audits`,
  async run(args) {
    const { values } = optionsOf(args, OPTIONS);
    const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    const scope = scopeIn(values);
    const at = instant(Date.now());
    const by = { ...commandLine(), at };
    const path = pathOf(values.out, packName(scope, at));
    const progress = terminalProgress();
    await noted(config.dataDir, { scope, by });
    const request = { dataDir: config.dataDir, path, scope, by, configured: configuredSettings(config) };
    const { files } = await makePack(request, {
      log: openLog('warn'),
      onProgress: ({ path: file, files: done, of, rows }) =>
        progress.tell(`${done} of ${of} files, ${rows.toLocaleString('en-US')} records  ${file}`),
    });
    progress.end();
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    process.stdout.write(`${path}\n`);
    process.stderr.write(
      `${files.length} files with ${rows.toLocaleString('en-US')} records, ${statSync(path).size.toLocaleString('en-US')} bytes. Check it with: farhand verify ${path}\n`,
    );
    return 0;
  },
};

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  contractor: { type: 'string', multiple: true },
  endpoint: { type: 'string', multiple: true },
  case: { type: 'string', multiple: true },
  redact: { type: 'boolean', default: false },
  out: { type: 'string' },
  config: { type: 'string' },
  'data-dir': { type: 'string' },
} as const;

function scopeIn(values: {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly contractor?: string[] | undefined;
  readonly endpoint?: string[] | undefined;
  readonly case?: string[] | undefined;
  readonly redact: boolean;
}): PackScope {
  const {
    from,
    to,
    contractor: contractors = [],
    endpoint: endpoints = [],
    case: cases = [],
    redact,
  } = values;
  const asked = { from: momentOf(from), to: momentOf(to), contractors, endpoints, cases, redact };
  const parsed = z.safeParse(packScopeSchema, asked);
  if (!parsed.success) throw new CodedError('USAGE', { reason: problemsOf(parsed.error) });
  return parsed.data;
}

/** Closed again at once: the pack is read through a connection of its own. */
async function noted(dataDir: string, asked: Parameters<typeof noteExport>[1]): Promise<void> {
  await using store = await openStore(dataDir);
  await noteExport(store.db, asked);
}

function momentOf(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00.000Z` : text;
}

function pathOf(out: string | undefined, name: string): string {
  const path = resolve(out ?? '.');
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? join(path, name) : path;
}

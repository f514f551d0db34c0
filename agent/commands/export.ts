import { parseArgs } from 'node:util';
import { CodedError } from '../../shared/errors.ts';
import type { SealedBatch } from '../../shared/frames.ts';
import { readConfig } from '../config.ts';
import { writeExport } from '../export-file.ts';
import { type Identity, readIdentity } from '../identity.ts';
import { openLog } from '../log.ts';
import { openSpool } from '../spool.ts';
import { isSealed } from '../spool-check.ts';
import type { Command } from './command.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'write what waits into a file, for a collector that cannot be reached',
  usage: `Usage: farhand-agent export <file> [--all] [--data-dir <folder>]

Writes what the collector has not acknowledged, sealed, into a new file; \`farhand import <file>\` takes it in there. It stays here
until the collector acknowledges it on a connection: the next export holds it again. The agent may run meanwhile.

  --all   also what was acknowledged and is still kept for \`sent\`

A file that exists is never overwritten, and one that could not be written whole is removed.
`,
  async run(args) {
    const { file, all, dataDir: folder, logLevel } = optionsOf(args);
    const { dataDir, ...config } = readConfig({ dataDir: folder, logLevel });
    const identity = readIdentity(dataDir);
    const { endpoint, sign } = identity;
    const log = openLog(config.logLevel);
    await using spool = openSpool({ dataDir, endpoint, sign, log, setAside: false });
    spool.sealAll();
    const { oldest, next } = spool.position();
    if (oldest === next && !all) {
      process.stdout.write('Nothing waits, so no file was written.\n');
      return 0;
    }
    const { batches, bytes } = writeExport(file, {
      identity,
      batches: intact(spool.sealed(all), identity.sign),
      now: Date.now(),
    });
    process.stdout.write(`Exported ${batches} sealed batches of ${endpoint} (${bytes} bytes) to ${file}\n`);
    return 0;
  },
};

/** What was delivered is not checked at the start, since it is not sent again. */
function* intact(batches: Iterable<SealedBatch>, sign: Identity['sign']): Generator<SealedBatch> {
  for (const batch of batches) {
    const { epoch, first } = batch.header;
    if (!isSealed(batch, sign)) throw new CodedError('SPOOL_DAMAGED', { epoch, first });
    yield batch;
  }
}

function optionsOf(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        all: { type: 'boolean', default: false },
        'data-dir': { type: 'string' },
        'log-level': { type: 'string' },
      },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new CodedError('USAGE', { expected: 'farhand-agent export <file>' });
    return { file, all: values.all, dataDir: values['data-dir'], logLevel: values['log-level'] };
  } catch (cause) {
    if (cause instanceof CodedError) throw cause;
    throw new CodedError('USAGE', { reason: cause instanceof Error ? cause.message : '' }, { cause });
  }
}

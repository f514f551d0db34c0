import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { CodedError, type ErrorCode } from '../../shared/errors.ts';
import { instant } from '../../shared/time.ts';
import { readConfig } from '../config.ts';
import type { Lookup } from '../ingest/follow.ts';
import { type Ingest, startIngest } from '../ingest/ingest.ts';
import {
  type ExportAccount,
  type ExportedBatch,
  readExport,
  readExportHeader,
} from '../ingest/read-export.ts';
import { receive } from '../ingest/sealed-batch.ts';
import { openIntel } from '../intel/intel.ts';
import { openLog } from '../log.ts';
import { appendAction } from '../store/actions.ts';
import { enrolledEndpoint } from '../store/endpoints.ts';
import { countGaps, latestOffsetMs } from '../store/evidence.ts';
import { openStore, type Store } from '../store/store.ts';
import type { Command } from './command.ts';
import { optionsOf } from './options.ts';

export const importCommand: Command = {
  usage: `farhand import <file> [--config file] [--data-dir folder]

Takes in a file of \`farhand-agent export\`. The whole file is verified with the endpoint's enrolled key first: of one that was cut off
or changed nothing is taken. Importing it again changes nothing. The collector may run meanwhile.

An endpoint that was never connected has told no time: its clock is believed as it is. Otherwise it is corrected as it last was.

Example: farhand import /media/usb/laptop-1.farhand`,
  async run(args) {
    const { values, positionals } = optionsOf(
      args,
      { config: { type: 'string' }, 'data-dir': { type: 'string' } },
      true,
    );
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0)
      throw new CodedError('USAGE', { expected: 'farhand import <file>' });
    const { endpoint } = await readExportHeader(file);

    const config = readConfig({ file: values.config, flags: { dataDir: values['data-dir'] } });
    const log = openLog('error');
    await using store = await openStore(config.dataDir);
    await using intel = await openIntel({ ...config.geo, log });
    const enrolled = await enrolledEndpoint(store.db, endpoint);
    if (!enrolled) throw new CodedError('ENDPOINT_UNKNOWN', { endpoint });
    if (enrolled.revoked) throw new CodedError('ENDPOINT_REVOKED', { endpoint });
    const verdict = await drained(readExport(file, enrolled.publicKey));

    const offsetMs = await latestOffsetMs(store.db, endpoint);
    const gapsBefore = await countGaps(store.db, endpoint);
    await using ingest = startIngest({ store, clock: Date.now, log });
    const outcome = await takeIn(readExport(file, enrolled.publicKey), {
      ingest,
      endpoint,
      offsetMs: offsetMs ?? 0,
      lookup: intel.lookup,
    });
    const gaps = (await countGaps(store.db, endpoint)) - gapsBefore;
    await noteAction(store, { endpoint, file: basename(file), ...verdict, ...outcome, gaps });

    const { stored, repeated, refused } = outcome;
    process.stdout.write(
      `${endpoint}: ${stored} batches stored, ${repeated} repeated, ${refused} refused; ${gaps} new gaps\n`,
    );
    if (offsetMs === undefined)
      process.stderr.write('This endpoint has never been connected: its clock is believed as it is.\n');
    if (outcome.first) throw new CodedError('IMPORT_INCOMPLETE', { endpoint, refused, first: outcome.first });
    return 0;
  },
};

interface Outcome {
  readonly stored: number;
  readonly repeated: number;
  readonly refused: number;
  /** Why the first one was refused. */
  readonly first?: ErrorCode;
}

/** Goes the way of a connection. After a refusal nothing of the same spool can follow. */
async function takeIn(
  batches: AsyncIterable<ExportedBatch>,
  {
    ingest,
    endpoint,
    offsetMs,
    lookup,
  }: {
    readonly ingest: Ingest;
    readonly endpoint: string;
    readonly offsetMs: number;
    readonly lookup: Lookup;
  },
): Promise<Outcome> {
  let outcome: Outcome = { stored: 0, repeated: 0, refused: 0 };
  const broken = new Set<string>();
  for await (const { batch, payload } of batches) {
    const { epoch } = batch.header;
    if (broken.has(epoch)) {
      outcome = { ...outcome, refused: outcome.refused + 1 };
      continue;
    }
    const receivedAt = instant(Date.now());
    const received = await ingest.commit(receive({ endpoint, batch, payload, offsetMs, receivedAt, lookup }));
    outcome = { ...outcome, [received.outcome]: outcome[received.outcome] + 1 };
    if (received.outcome !== 'refused') continue;
    broken.add(epoch);
    outcome = { first: received.error.code, ...outcome };
  }
  return outcome;
}

async function drained(batches: AsyncGenerator<ExportedBatch, ExportAccount>): Promise<ExportAccount> {
  for (;;) {
    const { done, value } = await batches.next();
    if (done) return value;
  }
}

async function noteAction(
  store: Store,
  {
    endpoint,
    ...detail
  }: Outcome & ExportAccount & { readonly endpoint: string; readonly file: string; readonly gaps: number },
): Promise<void> {
  await store.db.transaction().execute((trx) =>
    appendAction(trx, {
      at: instant(Date.now()),
      actor: `os:${userInfo().username}`,
      source: 'command line',
      action: 'evidence.import',
      subject: endpoint,
      detail: { ...detail },
    }),
  );
}

import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CATALOG } from '../../shared/catalog/index.ts';
import { codedError } from '../../shared/errors.ts';
import { DAY, instant, MINUTE, millis } from '../../shared/time.ts';
import { tombstoneText } from '../../shared/tombstone.ts';
import { knownCollectorKeys } from '../audit/collector-keys.ts';
import { isSignedBy } from '../audit/signatures.ts';
import type { Config } from '../config.ts';
import { genesis, publicKeyOf } from '../ingest/verify.ts';
import { openIntel } from '../intel/intel.ts';
import type { Log } from '../log.ts';
import { verifyActions } from '../store/actions.ts';
import { arrivals, chainsToCheck, checkChain, fileProblems } from '../store/chain-check.ts';
import { runsOf } from '../store/schedule-runs.ts';
import { listSchedules } from '../store/schedules.ts';
import type { Db } from '../store/store.ts';
import { tombstones } from '../store/tombstones.ts';
import { readCertificate } from '../tls/served-certificate.ts';

/** What one check found, and what helps. */
export interface Examined {
  readonly check: string;
  readonly verdict: 'fine' | 'problem';
  readonly what: string;
  readonly remedy?: string;
}

export interface Patient {
  readonly db: Db;
  readonly config: Config;
  readonly now: number;
  readonly log: Log;
  /** Every chain and the whole file, not a sample. */
  readonly all: boolean;
}

type Check = (patient: Patient) => Promise<Omit<Examined, 'check'>>;

const RESTORE =
  'Stop the collector, keep the data folder as it is, and restore the last backup that passes "farhand doctor" into another.';

const CHECKS: Readonly<Record<string, Check>> = {
  store: async ({ db, all }) => {
    const problems = await fileProblems(db, all);
    if (problems.length === 0) return fine(all ? 'Every page and index is whole.' : 'The database is whole.');
    return problem(`The database is damaged: ${problems.join('; ')}`, RESTORE);
  },
  evidence,
  'action log': async ({ db }) => {
    const verdict = await verifyActions(db);
    return verdict.intact
      ? fine(`${verdict.count} actions follow one another.`)
      : problem(
          `Row ${verdict.brokenAt} does not follow from the one before it: somebody changed or removed actions.`,
          'Compare with the last audit pack or backup, and find out who can write to the database.',
        );
  },
  tombstones: tombstonesSigned,
  clock: async ({ db, now }) => {
    const { last } = await arrivals(db);
    if (last === undefined || millis(last) <= now + 5 * MINUTE) return fine('Nothing arrived in the future.');
    return problem(
      `The last batch arrived at ${last}, and now it is ${instant(now)}: this clock was set back.`,
      'Let the collector take its time from a time server (NTP).',
    );
  },
  disk,
  certificate: async ({ config, now }) => {
    if (!config.tls) return fine('TLS is not spoken here.');
    const { expiresAt } = readCertificate(config.tls);
    const days = Math.floor((millis(expiresAt) - now) / DAY);
    if (days >= 30) return fine(`The certificate is good until ${expiresAt}.`);
    return problem(
      days < 0
        ? `The certificate ended on ${expiresAt}.`
        : `The certificate ends in ${days} days, on ${expiresAt}.`,
      'Renew it with the same key, so that agents still know it; "farhand init" makes one.',
    );
  },
  schedules: schedulesKept,
  geo: async ({ config, log }) => {
    await using intel = await openIntel({ ...config.geo, log });
    const stale = intel.files().filter((file) => file.stale);
    if (stale.length === 0) return fine(intel.description);
    return problem(
      `${stale.length} lists of networks are older than they should be. ${intel.description}`,
      'Fetch them anew; the collector takes changed files up by itself.',
    );
  },
  catalog: async ({ now }) => {
    const date = Date.parse(CATALOG.version.slice(0, 10).replaceAll('.', '-'));
    const days = Math.floor((now - date) / DAY);
    if (!(days > 270)) return fine(`The catalog is of ${CATALOG.version}.`);
    return problem(
      `The catalog is ${days} days old; new tools are not in it.`,
      'Update Farhand, or use "farhand catalog import".',
    );
  },
};

/** Looks at everything, one check after another; a check that fails is a problem of its own. */
export async function examine(patient: Patient): Promise<readonly Examined[]> {
  const examined: Examined[] = [];
  for (const [check, look] of Object.entries(CHECKS)) {
    try {
      examined.push({ check, ...(await look(patient)) });
    } catch (error) {
      const { message } = codedError(error);
      examined.push({ check, ...problem(message, 'Mend what the sentence names, then look again.') });
    }
  }
  return examined;
}

/** Longer than a collector needs to make a pack that is due. */
const OVERDUE_MS = 10 * MINUTE;

async function schedulesKept({ db, now }: Patient) {
  const enabled = (await listSchedules(db)).filter(({ settings }) => settings.enabled);
  const late = enabled.filter(({ nextDue }) => nextDue !== null && millis(nextDue) < now - OVERDUE_MS);
  const failing: string[] = [];
  for (const { id } of enabled)
    if ((await runsOf(db, id, { status: 'failed', limit: 1 })).length > 0) failing.push(id);
  if (late.length + failing.length === 0)
    return fine(
      `${enabled.length} ${enabled.length === 1 ? 'schedule' : 'schedules'} of audit packs, none missed.`,
    );
  const told = [
    ...late.map(({ id, nextDue }) => `${id} was due at ${nextDue} and nobody made its pack`),
    ...failing.map((id) => `the last pack of ${id} failed`),
  ];
  return problem(
    `${told.join('; ')}.`,
    'Start the collector, which makes up what was missed; "farhand schedule list" tells why a pack failed.',
  );
}

const SAMPLE = 20;

async function evidence({ db, all }: Patient) {
  const chains = await chainsToCheck(db, all ? undefined : SAMPLE);
  let batches = 0;
  for (const { endpoint, epoch, public_key } of chains) {
    const with_ = { key: publicKeyOf(public_key), genesis: genesis(endpoint, epoch) };
    const checked = await checkChain(db, { endpoint, epoch }, with_);
    batches += checked.batches;
    const wrong = checked.problem;
    if (wrong)
      return problem(
        `Endpoint ${endpoint}, spool ${epoch}: the batch from ${wrong.first} on has a wrong ${wrong.what}. What is stored is not what was signed.`,
        RESTORE,
      );
  }
  return fine(
    `${batches} batches of ${chains.length} spools are as they were signed${all ? '' : ' (a sample; --all looks at every one)'}.`,
  );
}

async function tombstonesSigned({ db, config }: Patient) {
  const all = await tombstones(db);
  if (all.length === 0) return fine('Nothing was purged.');
  const ours = new Set(knownCollectorKeys(config.dataDir).map(({ publicKey }) => publicKey));
  const bad = all.find(
    ({ body, publicKey, signature }) =>
      !ours.has(publicKey) || !isSignedBy(publicKey, tombstoneText(body), signature),
  );
  if (!bad) return fine(`${all.length} tombstones are signed by this collector.`);
  return problem(
    `Tombstone ${bad.id} is not signed by this collector: what it stands for was not removed by Farhand.`,
    'Compare with the last backup or audit pack, and find out who can write to the database.',
  );
}

const LEAST_FREE = 1_000_000_000;
const LEAST_DAYS = 30;

async function disk({ db, config, now }: Patient) {
  const { bavail, bsize } = statfsSync(config.dataDir);
  const free = bavail * bsize;
  const used = statSync(join(config.dataDir, 'collector.sqlite')).size;
  const { first } = await arrivals(db);
  const days = first === undefined ? 0 : (now - millis(first)) / DAY;
  const left = days >= 1 ? Math.floor(free / (used / days)) : undefined;
  const what = `${gigabytes(free)} are free, the store has ${gigabytes(used)}${left === undefined ? '' : `; at this rate it is full in ${left} days`}.`;
  if (free >= LEAST_FREE && (left === undefined || left >= LEAST_DAYS)) return fine(what);
  return problem(what, 'Give the data folder a larger disk, or keep evidence for fewer days (`retention`).');
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function fine(what: string) {
  return { verdict: 'fine', what } as const;
}

function problem(what: string, remedy: string) {
  return { verdict: 'problem', what, remedy } as const;
}

import { type CollectorKey, type DayRoot, dayRootText, keyText, NO_DAY } from '../../shared/pack.ts';
import { HOUR, instant, millis } from '../../shared/time.ts';
import { anchorsOf } from '../audit/anchors.ts';
import { knownCollectorKeys } from '../audit/collector-keys.ts';
import { dayAfter } from '../audit/days.ts';
import { isSignedBy, sha256Of } from '../audit/signatures.ts';
import type { Config } from '../config.ts';
import { dayRoots, firstMoment, unanchored } from '../store/day-roots.ts';
import type { Db } from '../store/store.ts';
import { type Fine, fine, problem, type Trouble } from './verdicts.ts';

/** A running collector signs a day minutes after its end. */
const GRACE_MS = HOUR;

export interface Looked {
  readonly db: Db;
  readonly config: Config;
  readonly now: number;
}

/** Every day that is over has a root, each follows from the one before, and this collector signed it. */
export async function signedDays({ db, config, now }: Looked): Promise<Fine | Trouble> {
  const roots = await dayRoots(db);
  const keys = new Set(knownCollectorKeys(config.dataDir).map(({ publicKey }) => publicKey));
  for (const [index, root] of roots.entries()) {
    const before = roots[index - 1];
    const follows = before
      ? root.prev === before.hash && root.day === dayAfter(before.day)
      : root.prev === NO_DAY;
    if (!follows || !isSigned(root, keys))
      return problem(
        `The root of ${root.day} ${follows ? 'is not what this collector signed' : 'does not follow from the day before'}: somebody changed signed days.`,
        'Compare with the anchors, or with the last audit pack or backup, and find out who can write to the database.',
      );
  }
  const last = roots.at(-1)?.day;
  const next = last === undefined ? (await firstMoment(db))?.slice(0, 10) : dayAfter(last);
  if (next === undefined) return fine('Nothing was received yet, so no day was signed.');
  if (now < millis(`${dayAfter(next)}T00:00:00.000Z`) + GRACE_MS)
    return fine(`${roots.length} days are signed and follow one another.`);
  return problem(
    `Days from ${next} on are over, but not signed${last === undefined ? '' : `; the last signed one is ${last}`}.`,
    'Start the collector: it signs what is missing by itself. If it runs, its log says why it could not sign.',
  );
}

function isSigned(root: DayRoot, keys: ReadonlySet<string>): boolean {
  const text = dayRootText(root);
  return (
    sha256Of(text) === root.hash &&
    keys.has(root.publicKey) &&
    isSignedBy(root.publicKey, text, root.signature)
  );
}

/** Days wait for an anchor no longer than until it takes them. */
export async function anchoredDays({ db, config, now }: Looked): Promise<Fine | Trouble> {
  const anchors = anchorsOf(config);
  if (anchors.length === 0) return fine('No anchor is configured.');
  const today = instant(now - GRACE_MS).slice(0, 10);
  for (const { target } of anchors) {
    const waiting = (await unanchored(db, target)).filter(({ day }) => dayAfter(day) < today);
    if (waiting.length > 0)
      return problem(
        `${waiting.length} signed days were not written to the anchor ${target}, the first is ${waiting[0]?.day}.`,
        'See that the collector runs and can write there; it goes on by itself.',
      );
  }
  return fine(`Every signed day is at ${anchors.length === 1 ? 'its anchor' : 'all anchors'}.`);
}

/** The file of keys can be read, and each key has the word of the one before it. Throws FILE_UNREADABLE. */
export async function collectorKeyFile({ db, config }: Looked): Promise<Fine | Trouble> {
  const keys = knownCollectorKeys(config.dataDir);
  const signs = keys.at(-1);
  if (!signs)
    return (await dayRoots(db)).length === 0
      ? fine('The collector has not signed anything yet; it makes its key when it starts.')
      : problem(
          'The collector’s keys are gone (collector-keys.json), though it signed days with them.',
          'Bring the file back from a backup before the collector starts, or it makes a key that nobody vouches for.',
        );
  const loose = keys.find((key, index) => !isVouched(key, keys[index - 1]));
  if (!loose)
    return fine(`${keys.length === 1 ? 'One key' : `${keys.length} keys`}, in use since ${signs.from}.`);
  return problem(
    `The collector’s key ${loose.publicKey} has not the word of the one before it: somebody changed collector-keys.json.`,
    'Bring the file back from a backup, and find out who can write to the data folder.',
  );
}

function isVouched(key: CollectorKey, before: CollectorKey | undefined): boolean {
  if (!before) return key.vouchedBy === null;
  const { vouchedBy, voucher } = key;
  return (
    vouchedBy === before.publicKey && voucher !== null && isSignedBy(before.publicKey, keyText(key), voucher)
  );
}

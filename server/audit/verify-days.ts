import { dayRootText, keyText, NO_DAY } from '../../shared/pack.ts';
import { dayAfter } from './days.ts';
import { newMerkle } from './merkle.ts';
import { isSignedBy, sha256Of } from './signatures.ts';
import type { CheckContext, Known } from './verify-tables.ts';

const KEYS = { file: 'tables/collector-keys.jsonl' };
const DAYS = { file: 'tables/day-roots.jsonl' };

/** Every key but the first has the word of the one before it. */
export function checkKeys({ known, found }: CheckContext): void {
  for (const [index, key] of known.keys.entries()) {
    const before = known.keys[index - 1];
    const vouched = before
      ? key.vouchedBy === before.publicKey &&
        key.voucher !== null &&
        before.until === key.from &&
        isSignedBy(before.publicKey, keyText(key), key.voucher)
      : key.vouchedBy === null;
    const ends = (index === known.keys.length - 1) === (key.until === null);
    if (!vouched || !ends)
      found.tampered('a key of the collector has not the word of the one before it', {
        ...KEYS,
        record: key.publicKey,
      });
  }
}

/** The chain of days, each day's signature, and the trees of the days whose rows are in the pack. */
export function checkDays({ known, found }: CheckContext): void {
  const keys = new Set(known.keys.map(({ publicKey }) => publicKey));
  let before: Known['days'][number] | undefined;
  for (const root of known.days) {
    const where = { ...DAYS, record: root.day };
    const text = dayRootText(root);
    const follows = before
      ? root.prev === before.hash && root.day === dayAfter(before.day)
      : root.prev === NO_DAY;
    if (!follows) found.tampered('the root of this day does not follow from the day before', where);
    else if (
      sha256Of(text) !== root.hash ||
      !keys.has(root.publicKey) ||
      !isSignedBy(root.publicKey, text, root.signature)
    )
      found.tampered('the root of this day is not what the collector signed', where);
    before = root;
  }
  const { from, to } = known.scope;
  for (const root of known.days) {
    if (root.day < from.slice(0, 10) || root.day > to.slice(0, 10)) continue;
    const { through } = known.actionsPurged;
    if (root.actions > 0 && root.actionsThrough - root.actions < through) known.purgedDays.push(root.day);
    else
      checkTree(known.actionTrees.get(root.day), { count: root.actions, root: root.actionsRoot }, () =>
        found.tampered('the rows of this day are not those of its signed root', {
          file: 'tables/action-log.jsonl',
          record: root.day,
        }),
      );
    checkTree(known.headTrees.get(root.day), { count: root.heads, root: root.headsRoot }, () =>
      found.tampered('the spools of this day are not those of its signed root', {
        file: 'tables/day-heads.jsonl',
        record: root.day,
      }),
    );
  }
}

/** Days of the pack are those that an anchor outside was told of when they ended. */
export function checkAnchor(anchor: ReadonlyMap<string, string>, { known, found }: CheckContext): void {
  const hashes = new Map(known.days.map(({ day, hash }) => [day, hash]));
  const last = known.days.at(-1)?.day ?? '';
  for (const [day, hash] of anchor) {
    const here = hashes.get(day);
    const where = { ...DAYS, record: day };
    if (here === undefined && day <= last)
      found.incomplete('the anchor has a root of this day, the pack has none', where);
    else if (here !== undefined && here !== hash)
      found.tampered('the root of this day is not the one that was anchored: history was signed anew', where);
  }
}

function checkTree(
  tree = newMerkle(),
  says: { readonly count: number; readonly root: string },
  wrong: () => void,
): void {
  if (tree.count !== says.count || tree.root() !== says.root) wrong();
}

import { type DayRoot, headText } from '../../shared/pack.ts';
import { actionRowsIn, dayHeadRowsIn } from '../store/pack-rows.ts';
import { newMerkle } from './merkle.ts';
import { columns, mapped, type Table } from './table.ts';
import type { TableSource } from './table-source.ts';

/**
 * The action log of whole days: rows about somebody else stand there by their hashes alone, so that the chain and the days' roots can be
 * reckoned again without telling what they say.
 */
export function actionLog({ db, range, scope, days }: TableSource): Table {
  const about = new Set([...(range.contractors ?? []), ...(range.endpoints ?? []), ...(range.cases ?? [])]);
  const everything = range.contractors === null;
  const bounds = actionBounds(days, range);
  return {
    name: 'action-log',
    describes:
      'Who did what, hash-chained, for every day of the range. Rows about others have only their hashes; redacted packs have no others.',
    columns: columns(
      'id:integer Row',
      'at:instant When',
      'actor Who',
      'source From where',
      'action What',
      'subject On what',
      'detail More, as JSON text exactly as it was hashed',
      'prev Hash of the row before',
      'hash SHA-256 over prev and this row',
    ),
    rows: () =>
      mapped(actionRowsIn(db, bounds), ({ id, prev, hash, ...row }) => {
        const { at, actor, source, action, subject, detail } = row;
        const concerns = everything || about.has(subject) || action.startsWith('settings.');
        const said = { at, actor, source, action, subject, detail };
        return { id, ...(concerns && !scope.redact ? said : UNSAID), prev, hash };
      }),
  };
}

const UNSAID = { at: null, actor: null, source: null, action: null, subject: null, detail: null };

/** Ids of whole days, since the roots are of whole days; of days without a root yet, all there is. */
function actionBounds(
  days: readonly DayRoot[],
  { from, to }: { readonly from: string; readonly to: string },
) {
  const before = days.findLast(({ day }) => day < from.slice(0, 10));
  const last = days.find(({ day }) => day >= to.slice(0, 10));
  return { after: before?.actionsThrough ?? 0, through: last?.actionsThrough ?? Number.MAX_SAFE_INTEGER };
}

export function dayHeads({ db, range }: TableSource): Table {
  const about = range.endpoints === null ? undefined : new Set(range.endpoints);
  const between = { firstDay: range.from.slice(0, 10), lastDay: range.to.slice(0, 10) };
  return {
    name: 'day-heads',
    describes:
      'Where the chain of each spool stood that delivered on a day of the range: the leaves of the day’s root. Spools of others have only their hash.',
    columns: columns(
      'day UTC day',
      'leaf Its hash in the tree',
      'endpoint Endpoint',
      'epoch Spool',
      'acked:integer Its last number by then',
      'head Hash of the batch that ends with it',
      'receivedAt:instant When the collector had that batch',
    ),
    rows: () =>
      mapped(dayHeadRowsIn(db, between), ({ day, received_at, ...row }) => {
        const head = { ...row, receivedAt: received_at };
        const leaf = newMerkle().add(headText(head));
        const { endpoint, epoch, acked, head: hash, receivedAt } = head;
        const said = { endpoint, epoch, acked, head: hash, receivedAt };
        return { day, leaf, ...(!about || about.has(endpoint) ? said : UNTOLD) };
      }),
  };
}

const UNTOLD = { endpoint: null, epoch: null, acked: null, head: null, receivedAt: null };

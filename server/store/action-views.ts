import * as z from 'zod/mini';
import { type ActionRow, type ActionsQuery, actionSchema } from '../../shared/api/action.ts';
import type { Db } from './store.ts';

/** A page of the action log, newest first. */
export async function actionsPage(
  db: Db,
  { actor, action, subject, from, to, cursor, limit }: ActionsQuery,
): Promise<{ readonly actions: ActionRow[]; readonly next: string | null }> {
  let query = db
    .selectFrom('actions')
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (actor !== undefined) query = query.where('actor', '=', actor);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (action?.includes('.')) query = query.where('action', '=', action);
  else if (action !== undefined)
    query = query.where('action', '>=', `${action}.`).where('action', '<', `${action}/`);
  if (from !== undefined) query = query.where('at', '>=', from);
  if (to !== undefined) query = query.where('at', '<', to);
  if (cursor !== undefined) query = query.where('id', '<', Number(cursor));
  const rows = await query.execute();
  const actions = rows
    .slice(0, limit)
    .map(({ prev: _, detail, ...row }) => z.parse(actionSchema, { ...row, detail: JSON.parse(detail) }));
  const last = rows.length > limit ? actions.at(-1) : undefined;
  return { actions, next: last ? String(last.id) : null };
}

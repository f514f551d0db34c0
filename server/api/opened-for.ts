import type { Session } from '../../shared/api.ts';
import { CodedError } from '../../shared/errors.ts';
import { findAccount } from '../store/accounts.ts';
import { appendAction } from '../store/actions.ts';
import { type NewSession, openSession } from '../store/sessions.ts';
import type { Db } from '../store/store.ts';

export interface Opened {
  readonly session: Session;
  readonly secret: string;
}

/** Opens a session for an account that proved to be who it is, and says so on the action log. In a transaction. */
export async function openedFor(db: Db, wanted: NewSession): Promise<Opened> {
  const account = await findAccount(db, wanted.account);
  if (!account) throw new CodedError('NOT_FOUND', { account: wanted.account });
  const { name, role } = account;
  const { secret, expiresAt } = await openSession(db, { ...wanted, account: name });
  const { at, source, way } = wanted;
  const detail = { way, expiresAt };
  await appendAction(db, { at, actor: name, source, action: 'session.open', subject: name, detail });
  return { session: { account: name, role, expiresAt }, secret };
}

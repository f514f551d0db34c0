import { CodedError, type ErrorCode } from '../../../shared/errors.ts';

export interface FailureText {
  readonly title: string;
  readonly detail: string;
  readonly code?: ErrorCode;
  /** What exactly was wrong with a request, where the collector said so. */
  readonly reason?: string;
}

const TEXTS: Partial<Record<ErrorCode, { readonly title: string; readonly detail: string }>> = {
  COLLECTOR_UNREACHABLE: {
    title: 'The collector does not answer.',
    detail:
      'Check your network and whether the collector runs. Agents keep what they observe until it is back.',
  },
  SHUTTING_DOWN: {
    title: 'The collector is restarting.',
    detail: 'Try again in a moment. Agents keep what they observe until it is back.',
  },
  NOT_FOUND: {
    title: 'There is nothing under this address.',
    detail: 'It may have been mistyped, or the record is past its retention.',
  },
  RESPONSE_INVALID: {
    title: 'The collector answered in words this console does not know.',
    detail: 'Reload the page: the console may be older than the collector.',
  },
  SIGN_IN_REQUIRED: { title: 'Your session has ended.', detail: 'Sign in again to go on.' },
  SIGN_IN_LINK_INVALID: {
    title: 'This sign-in link no longer works.',
    detail: 'Links work once and only for a short while. Ask for a new one.',
  },
  SIGN_IN_REFUSED: {
    title: 'This account and password do not fit.',
    detail: 'After too many tries nothing fits for a quarter of an hour; a sign-in link still works.',
  },
  PROVIDER_UNAVAILABLE: {
    title: 'The identity provider does not answer.',
    detail: 'Try again in a moment, or use a password or a sign-in link.',
  },
  PROVIDER_REFUSED: {
    title: 'The identity provider did not sign you in.',
    detail: 'It refused, or this took too long. Begin anew.',
  },
  PROVIDER_ROLE_MISSING: {
    title: 'You have no role in Farhand.',
    detail:
      'The identity provider knows you, but none of your groups gives you a role here. Ask an administrator.',
  },
  ACCOUNT_DISABLED: {
    title: 'This account is disabled.',
    detail: 'An administrator can enable it.',
  },
  OLD_PASSWORD_NEEDED: {
    title: 'This is not the password you have now.',
    detail: 'Try again, or open a new sign-in link; then it is not asked for.',
  },
  PASSWORD_WEAK: {
    title: 'This password is too easy to guess.',
    detail: 'It needs 12 characters or more, and may not be made of your account’s name.',
  },
  FORBIDDEN: {
    title: 'Your role does not include this.',
    detail: 'An administrator can give you another one.',
  },
  ORIGIN_REFUSED: {
    title: 'The collector refused this request because of where it came from.',
    detail: 'Open the console under the address that the collector was configured with.',
  },
  FOUR_EYES: {
    title: 'You asked for this yourself.',
    detail: 'Another person has to approve it.',
  },
  PROPOSAL_DECIDED: {
    title: 'Somebody decided on this already.',
    detail: 'Load the page again to see how.',
  },
  REQUEST_INVALID: { title: 'The collector did not accept this.', detail: 'Correct what was entered.' },
  SETTINGS_INVALID: { title: 'The collector did not accept these settings.', detail: 'Correct them.' },
  ACCOUNT_EXISTS: { title: 'There is an account of this name.', detail: 'Choose another name.' },
  ACCOUNT_CHANGED: {
    title: 'Somebody changed this account meanwhile.',
    detail: 'Look at how it stands now, and try again.',
  },
  LAST_ADMIN: {
    title: 'This is the last administrator.',
    detail: 'Make somebody else an administrator first.',
  },
  ROSTER_TOO_LARGE: {
    title: 'The file is larger than 10 MB.',
    detail: 'Split it: contractors that a file does not name stay as they are.',
  },
  ROSTER_CHANGED: {
    title: 'Nothing was imported: what is stored, or the file, changed since the preview.',
    detail: 'Look at what it would change now.',
  },
  ROSTER_INVALID: {
    title: 'The file cannot be read as a roster.',
    detail: 'Save it as CSV in UTF-8, or as JSON. Nothing was imported.',
  },
  TOO_MANY_REQUESTS: { title: 'Too many attempts.', detail: 'Wait a minute, then try again.' },
  RANGE_EMPTY: {
    title: 'Nothing was recorded in that range.',
    detail: 'Choose other days, or somebody else.',
  },
  PACKS_BUSY: {
    title: 'Another pack is being made.',
    detail: 'Packs are made one at a time; wait until it is done.',
  },
  STORE_UNAVAILABLE: {
    title: 'The collector cannot read its store.',
    detail: 'Someone should look at its disk and log. Nothing that was acknowledged is lost.',
  },
  STORE_FULL: {
    title: 'The disk of the collector is full.',
    detail: 'Nothing that was acknowledged is lost; someone should make room.',
  },
};

/** What went wrong, and what to do, in words for an analyst. */
export function failureText(error: unknown): FailureText {
  if (!(error instanceof CodedError)) return { title: 'Something went wrong.', detail: 'Reload the page.' };
  const text = TEXTS[error.code] ?? { title: 'The collector could not do this.', detail: error.kind.hint };
  const { reason } = error.context;
  return { ...text, code: error.code, ...(typeof reason === 'string' ? { reason } : {}) };
}

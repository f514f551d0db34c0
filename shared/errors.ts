/** What one error code means everywhere: HTTP status, WebSocket close code, log level, whether trying again can help, and what to do. */
export interface ErrorKind {
  readonly http: number;
  readonly close: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly retry: boolean;
  readonly hint: string;
}

export const ERRORS = {
  // What a peer sent
  FRAME_INVALID: {
    http: 400,
    close: 4400,
    level: 'warn',
    retry: false,
    hint: 'The frame does not follow farhand.v1; compare the versions of agent and collector.',
  },
  FRAME_TOO_LARGE: {
    http: 413,
    close: 1009,
    level: 'warn',
    retry: false,
    hint: 'Frames are limited to 256 KiB; send smaller batches.',
  },
  FRAME_UNEXPECTED: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: false,
    hint: 'This frame is not allowed at this point of the conversation.',
  },
  HELLO_TIMEOUT: {
    http: 408,
    close: 4408,
    level: 'info',
    retry: true,
    hint: 'The first frame must be a hello, within ten seconds of the challenge.',
  },
  ENDPOINT_UNKNOWN: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'This endpoint is not enrolled here; enroll it again with a new token.',
  },
  ENDPOINT_REVOKED: {
    http: 403,
    close: 4403,
    level: 'warn',
    retry: false,
    hint: 'This endpoint was revoked by an administrator.',
  },
  SIGNATURE_INVALID: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'The signature does not fit the key that was enrolled.',
  },
  BATCH_INVALID: {
    http: 422,
    close: 4422,
    level: 'warn',
    retry: false,
    hint: 'The batch does not follow farhand.v1; compare the versions of agent and collector.',
  },
  BATCH_OUT_OF_ORDER: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: true,
    hint: 'The batch does not continue after what was acknowledged; reconnect and go on from there.',
  },
  CHAIN_BREAK: {
    http: 409,
    close: 4409,
    level: 'error',
    retry: false,
    hint: 'The batch contradicts the chain already stored. The gap ledger names the range; look at the endpoint.',
  },
  EPOCH_CLOSED: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: false,
    hint: 'This spool was succeeded by a newer one; its remains cannot be delivered over the wire.',
  },
  OVERLOADED: {
    http: 429,
    close: 4429,
    level: 'warn',
    retry: true,
    hint: 'Too much at once. Wait as long as retryAfterMs says.',
  },
  ENDPOINT_CLONED: {
    http: 409,
    close: 4411,
    level: 'error',
    retry: false,
    hint: 'Two agents speak with one key. The gap ledger names both; find the copy, then enroll the right machine anew.',
  },
  CONNECTION_REPLACED: {
    http: 409,
    close: 4410,
    level: 'info',
    retry: false,
    hint: 'The same endpoint opened a newer connection.',
  },
  AGENT_SILENT: {
    http: 408,
    close: 4408,
    level: 'info',
    retry: true,
    hint: 'No ping was answered: the machine left its network, or something holds the connection without an agent.',
  },
  AGENT_SLOW: {
    http: 408,
    close: 4408,
    level: 'warn',
    retry: true,
    hint: 'The agent does not read what it is told; nothing acknowledged is lost, and it may come back.',
  },
  SHUTTING_DOWN: {
    http: 503,
    close: 1001,
    level: 'info',
    retry: true,
    hint: 'The collector stops; nothing unacknowledged is lost, the agent keeps it.',
  },

  // Enrollment
  ENROLLMENT_TOKEN_INVALID: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'The token is unknown or was mistyped. Create one with `farhand token create`.',
  },
  ENROLLMENT_TOKEN_EXPIRED: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'Create a new token with `farhand token create`.',
  },
  ENROLLMENT_TOKEN_USED: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'The token was used up. Create a new one with `farhand token create`.',
  },
  ENROLLMENT_TOKEN_REVOKED: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'The token was revoked. Ask for a new one.',
  },
  ENROLLMENT_KEY_KNOWN: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: false,
    hint: 'This key is enrolled already. Make a new one for each enrollment.',
  },
  TOKEN_IN_ARGUMENTS: {
    http: 400,
    close: 4400,
    level: 'error',
    retry: false,
    hint: 'Arguments are seen by everybody on the machine. Revoke this token, and give the next by --token-file, standard input or FARHAND_ENROLLMENT_TOKEN.',
  },
  ENROLLMENT_FAILED: {
    http: 502,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'The collector could not be reached or refused; the message says which.',
  },
  COLLECTOR_INSECURE: {
    http: 400,
    close: 4400,
    level: 'error',
    retry: false,
    hint: 'Plain http is for loopback only, and a pin needs https; correct the address of the collector.',
  },
  PLAIN_CONNECTION: {
    http: 403,
    close: 4403,
    level: 'warn',
    retry: false,
    hint: 'Only the named proxies may connect without TLS; use the address of the proxy.',
  },
  COLLECTOR_UNREACHABLE: {
    http: 502,
    close: 1011,
    level: 'warn',
    retry: true,
    hint: 'The agent keeps what it sees and tries again; look at the network and at the collector.',
  },
  COLLECTOR_UNTRUSTED: {
    http: 502,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'Whoever answered is not the collector of the enrollment: something stands between, or its key was changed.',
  },
  NOT_ENROLLED: {
    http: 409,
    close: 4401,
    level: 'error',
    retry: false,
    hint: 'Run `farhand-agent enroll` first.',
  },
  ALREADY_ENROLLED: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: false,
    hint: 'This data folder already holds an identity; remove it first or use another --data-dir.',
  },

  // People and the API
  REQUEST_INVALID: {
    http: 400,
    close: 4400,
    level: 'info',
    retry: false,
    hint: 'The details name the field.',
  },
  REQUEST_TOO_LARGE: {
    http: 413,
    close: 1009,
    level: 'warn',
    retry: false,
    hint: 'Requests are limited to 64 KiB.',
  },
  SIGN_IN_REQUIRED: {
    http: 401,
    close: 4401,
    level: 'info',
    retry: false,
    hint: 'Open a sign-in link; `farhand user link` prints a new one.',
  },
  SIGN_IN_LINK_INVALID: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'The link was used or has expired; `farhand user link` prints a new one.',
  },
  FORBIDDEN: {
    http: 403,
    close: 4403,
    level: 'warn',
    retry: false,
    hint: 'Your role does not include this; an administrator can change roles.',
  },
  SIGN_IN_REFUSED: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'Account and password do not fit, or were tried too often. Wait some minutes, or ask an administrator for a sign-in link.',
  },
  PROVIDER_UNAVAILABLE: {
    http: 503,
    close: 1013,
    level: 'warn',
    retry: true,
    hint: 'The identity provider does not answer. Try again soon; a sign-in link or password works meanwhile.',
  },
  PROVIDER_REFUSED: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'The identity provider did not sign you in, or this page was open for too long. Begin anew.',
  },
  PROVIDER_ROLE_MISSING: {
    http: 403,
    close: 4403,
    level: 'warn',
    retry: false,
    hint: 'The identity provider knows you, but nothing there gives you a role in Farhand. Ask an administrator.',
  },
  PASSWORD_WEAK: {
    http: 422,
    close: 4422,
    level: 'info',
    retry: false,
    hint: 'Choose a longer password, such as four words that do not belong together.',
  },
  OLD_PASSWORD_NEEDED: {
    http: 403,
    close: 4403,
    level: 'info',
    retry: false,
    hint: 'Give the password that you have now, or sign in with a new link first.',
  },
  API_TOKEN_INVALID: {
    http: 401,
    close: 4401,
    level: 'warn',
    retry: false,
    hint: 'The API token is unknown, expired or revoked, or its account is disabled. Make a new one.',
  },
  SCOPE_MISSING: {
    http: 403,
    close: 4403,
    level: 'warn',
    retry: false,
    hint: 'The API token was made without this scope. Make one that has it.',
  },
  SESSION_NEEDED: {
    http: 403,
    close: 4403,
    level: 'warn',
    retry: false,
    hint: 'Only a person who is signed in may do this; no API token can.',
  },
  ACCOUNT_EXISTS: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'An account of this name is there already, perhaps disabled. Names differ in more than their case.',
  },
  ACCOUNT_DISABLED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'This account is disabled; an administrator can enable it.',
  },
  ACCOUNT_CHANGED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Somebody changed this account meanwhile. Load it again, then decide.',
  },
  LAST_ADMIN: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Nobody else could administer Farhand then. Make another administrator first.',
  },
  ORIGIN_REFUSED: {
    http: 403,
    close: 4403,
    level: 'warn',
    retry: false,
    hint: 'Requests that change something must come from the console itself.',
  },
  NOT_FOUND: {
    http: 404,
    close: 4404,
    level: 'info',
    retry: false,
    hint: 'There is nothing under this address.',
  },
  FOUR_EYES: {
    http: 403,
    close: 4403,
    level: 'info',
    retry: false,
    hint: 'Whoever asked for it cannot decide on it. Another person has to.',
  },
  PROPOSAL_DECIDED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Somebody decided on it already. Load it again to see how.',
  },
  CONFLICT: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Somebody changed it meanwhile. The details say how it stands now; look at that, then try again.',
  },
  CASE_ENDED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'This case was merged into another or dissolved. Work goes on in the case that tells the story.',
  },
  TOO_MANY_REQUESTS: {
    http: 429,
    close: 4429,
    level: 'warn',
    retry: true,
    hint: 'Wait a moment and try again.',
  },
  RESPONSE_INVALID: {
    http: 502,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'The answer does not follow the API; reload the console, it may be older than the collector.',
  },
  FEED_FULL: {
    http: 429,
    close: 4429,
    level: 'warn',
    retry: true,
    hint: 'Too many streams of the feed are open, of this account or of all; close some that nobody needs.',
  },
  FEED_READER_SLOW: {
    http: 503,
    close: 4429,
    level: 'warn',
    retry: true,
    hint: 'The reader fell too far behind; reconnect with the last cursor, nothing is lost.',
  },

  // Files and settings
  ROSTER_INVALID: {
    http: 422,
    close: 4422,
    level: 'info',
    retry: false,
    hint: 'Nothing was imported. Correct the rows that are named and import again.',
  },
  ROSTER_TOO_LARGE: {
    http: 413,
    close: 1009,
    level: 'info',
    retry: false,
    hint: 'A roster has 10 MB at most; nothing was read of it. Split it: contractors that a file does not name stay as they are.',
  },
  ROSTER_CHANGED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Nothing was imported: the file or the stored contractors are no longer what was previewed. Preview again.',
  },
  STORY_INVALID: {
    http: 422,
    close: 4422,
    level: 'info',
    retry: false,
    hint: 'Correct the line that is named.',
  },
  SETTINGS_INVALID: {
    http: 422,
    close: 4422,
    level: 'info',
    retry: false,
    hint: 'Correct the setting that is named.',
  },
  CONFIG_INVALID: {
    http: 422,
    close: 4422,
    level: 'error',
    retry: false,
    hint: 'Correct the key that is named.',
  },
  CATALOG_INVALID: {
    http: 422,
    close: 4422,
    level: 'error',
    retry: false,
    hint: 'Correct the record that is named.',
  },
  ALREADY_INITIALIZED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Nothing was overwritten. `farhand init --renew` renews the certificate and keeps its key.',
  },
  USAGE: { http: 400, close: 4400, level: 'info', retry: false, hint: 'See --help.' },
  FILE_UNREADABLE: {
    http: 422,
    close: 4422,
    level: 'error',
    retry: false,
    hint: 'Check that the file exists and may be read.',
  },

  FILE_EXISTS: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Nothing is ever overwritten; choose another name.',
  },
  EXPORT_FAILED: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'No file was left behind, and everything still waits in the spool. Look at the disk and its rights.',
  },
  EXPORT_INVALID: {
    http: 422,
    close: 4422,
    level: 'warn',
    retry: false,
    hint: 'Nothing of the file was taken in. Copy it again, or export anew: the endpoint still has everything.',
  },
  IMPORT_INCOMPLETE: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: false,
    hint: 'What is out of order follows on an earlier export; import that first. What breaks the chain is on the gap ledger.',
  },

  // The collector and agent themselves
  GEO_UNAVAILABLE: {
    http: 503,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'Places are unknown until a readable MMDB file is configured.',
  },
  INTEL_FILE_REFUSED: {
    http: 422,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'The data before it stays in force; put a sound file there, whole, and it is taken by itself.',
  },
  INTEL_FILE_STALE: {
    http: 422,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'The list still counts, but networks change hands; fetch a new one.',
  },
  INTEL_LINES_SKIPPED: {
    http: 422,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'The other lines count; look at the lines that are named.',
  },
  ADDRESS_INVALID: {
    http: 422,
    close: 4422,
    level: 'info',
    retry: false,
    hint: 'Write an address such as 203.0.113.7 or 2001:db8::1, without leading zeros, port or range.',
  },
  STORE_UNAVAILABLE: {
    http: 503,
    close: 1013,
    level: 'error',
    retry: true,
    hint: 'Nothing was acknowledged, so nothing is lost. Look at the disk and the database.',
  },
  STORE_FULL: {
    http: 507,
    close: 1013,
    level: 'error',
    retry: true,
    hint: 'The disk is full. Nothing was acknowledged, so nothing is lost; make room.',
  },
  STORE_NEWER: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: false,
    hint: 'The data folder was written by a newer Farhand; use that version.',
  },
  STORE_LOCKED: {
    http: 503,
    close: 1013,
    level: 'error',
    retry: false,
    hint: 'Another process uses this data folder; stop it or choose another --data-dir.',
  },
  DETECTOR_DIED: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'Evidence is taken as before, and judging begins anew by itself. If it goes on, the log has the cause.',
  },
  SPOOL_UNAVAILABLE: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'The agent cannot write its spool; look at the disk and the rights of its data folder.',
  },
  SPOOL_DAMAGED: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'Start the agent again: it sets the damaged file aside, says so, and begins a new epoch.',
  },
  PORT_IN_USE: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: false,
    hint: 'Another program listens there; choose another port.',
  },
  PROBE_DENIED: {
    http: 403,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'The agent lacks the right to read this; `farhand-agent explain` says which one.',
  },
  PROBE_UNSUPPORTED: {
    http: 501,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'This operating system or installation has no source for it that Farhand knows.',
  },
  PROBE_FAILED: {
    http: 500,
    close: 1011,
    level: 'warn',
    retry: true,
    hint: 'A probe could not look, hung or told nonsense; what it told before stays as it was.',
  },
  COMMAND_FAILED: {
    http: 500,
    close: 1011,
    level: 'warn',
    retry: true,
    hint: 'An operating-system command failed, hung or printed too much.',
  },
  // Audit packs
  RANGE_EMPTY: {
    http: 422,
    close: 1011,
    level: 'info',
    retry: false,
    hint: 'Nothing was recorded of them between these moments, or the end is not after the beginning.',
  },
  PACK_UNWRITABLE: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'The pack could not be written there, and no part of it was left; look at the folder, its rights and its disk.',
  },
  PACK_DISK_FULL: {
    http: 507,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'The disk is full; no part of the pack was left. Make room or choose another folder.',
  },
  PACK_DAMAGED: {
    http: 422,
    close: 1011,
    level: 'warn',
    retry: false,
    hint: 'The pack is not what a collector wrote: it was cut off, changed, or made by something else.',
  },
  PACKS_BUSY: {
    http: 429,
    close: 1013,
    level: 'info',
    retry: true,
    hint: 'Another pack is being made; wait until it is done.',
  },
  PACK_INTERRUPTED: {
    http: 500,
    close: 1011,
    level: 'warn',
    retry: true,
    hint: 'The collector stopped while the pack was being made; nothing of it was left. Ask for it again.',
  },
  SCHEDULE_INVALID: {
    http: 422,
    close: 4422,
    level: 'info',
    retry: false,
    hint: 'Correct what is named; a cron expression is "minute hour day month weekday", such as "0 6 1 * *".',
  },
  SCHEDULE_CHANGED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Somebody changed this schedule meanwhile. Load it again, and decide anew.',
  },
  ANCHOR_FAILED: {
    http: 502,
    close: 1011,
    level: 'warn',
    retry: true,
    hint: 'Roots of days could not be written to the anchor; they are kept, and the next round tries again.',
  },
  HOLD_RELEASED: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'This hold was released already.',
  },
  ERASURE_BEGUN: {
    http: 409,
    close: 4409,
    level: 'info',
    retry: false,
    hint: 'Two people agreed on this erasure and it has begun, so it cannot be taken back.',
  },
  LEGAL_HOLD: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: false,
    hint: 'A legal hold keeps this from being erased; "farhand hold list" shows it, and two people may release it.',
  },
  BACKUP_INVALID: {
    http: 422,
    close: 4422,
    level: 'error',
    retry: false,
    hint: 'The backup is damaged, or is not one of this version of Farhand; nothing was restored. Take another one.',
  },
  FOLDER_NOT_EMPTY: {
    http: 409,
    close: 4409,
    level: 'warn',
    retry: false,
    hint: 'A backup is restored into an empty folder only, so that nothing is written over.',
  },
  INTERNAL: {
    http: 500,
    close: 1011,
    level: 'error',
    retry: true,
    hint: 'This is a defect in Farhand; the log has the details.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;

export type ErrorContext = Readonly<Record<string, unknown>>;

/** An error with a code out of `ERRORS` and the facts that explain it. Callers branch on `code`, never on the message. */
export class CodedError extends Error {
  override readonly name = 'CodedError';
  readonly code: ErrorCode;
  readonly context: ErrorContext;

  constructor(code: ErrorCode, context: ErrorContext = {}, options: ErrorOptions = {}) {
    super(sentence(code, context), options);
    this.code = code;
    this.context = context;
  }

  get kind(): ErrorKind {
    return ERRORS[this.code];
  }
}

/** Any thrown thing as a CodedError: itself when it is one, `code` with it as the cause otherwise. */
export function codedError(thrown: unknown, code: ErrorCode = 'INTERNAL'): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return new CodedError(code, { reason }, { cause: thrown });
}

function sentence(code: ErrorCode, context: ErrorContext): string {
  const facts = Object.entries(context)
    .filter(([, value]) => typeof value !== 'object' || value === null || Array.isArray(value))
    .map(([name, value]) => `${name}: ${String(value)}`);
  return facts.length === 0
    ? `${code}. ${ERRORS[code].hint}`
    : `${code} (${facts.join(', ')}). ${ERRORS[code].hint}`;
}

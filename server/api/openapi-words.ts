/** What the document says at its head; the readable page shows the same, paragraph by paragraph. */
export const INTRODUCTION: readonly (readonly [string, string])[] = [
  [
    'Who asks',
    'Browsers send the session cookie that a sign-in sets. Programs send `Authorization: Bearer fhapi_…`, an API token that an administrator made in the console. `x-right` of an operation names the right that the account or token needs; every role has `read`. Requests that change something must come from the console’s own pages, or carry a token.',
  ],
  [
    'Times, ids and nulls',
    'Times are UTC with milliseconds, such as `2026-03-02T15:30:00.000Z`. Ids are opaque text: put them into a path percent-encoded. `to: null` means that something goes on. Unknown query parameters and unknown fields of a body are refused, so that a mistake is told and not ignored.',
  ],
  [
    'Pages',
    'A list that may be long answers a page and `next`. Send `next` as `cursor` for the page after it, with the same filters; `next: null` is the last page. Cursors are opaque. A row that changes while pages are read moves to the front: follow the feed to learn of it.',
  ],
  [
    'The feed',
    '`GET /feed` tells, as server-sent events, that something changed and where to read it again: `id` is the cursor, `data` a `FeedEntry`. Connect with `?cursor=` of `GET /status`, or with the `Last-Event-ID` header, which counts for more; each entry comes once and in order over any number of reconnects. The event `reset` says that the cursor cannot be continued (another database, or entries older than seven days): load again what you hold. The event `error` holds a `Problem`, after which the stream ends: `FEED_READER_SLOW` for a reader that takes nothing, `FEED_FULL` is answered where too many streams are open. A comment comes every 15 seconds; whoever hears none for a minute should connect anew.',
  ],
  [
    'What can go wrong',
    'Every failure answers a `Problem`. Branch on `code`, never on the message; `hint` says what a person can do, `context` names what it is about. What the table marks as passing may be tried again after a moment.',
  ],
];

/** By the first word of a path. */
export const TAGS: Readonly<Record<string, string>> = {
  session: 'Signing in, signing out, and who is signed in',
  status: 'What this collector is and how much it watches',
  findings: 'Contradictions between what was declared and what was observed',
  cases: 'Findings that belong to one story',
  contractors: 'People: what they declared, and what was observed',
  endpoints: 'Enrolled machines, their gaps and silences',
  gaps: 'Holes in the evidence of all endpoints',
  places: 'What several contractors could share: addresses, gateways, monitors, devices',
  proposals: 'Exceptions and settings of rules, asked for by one person and decided by another',
  advisories: 'Indicators of public advisories, and the rules that answer them',
  feed: 'What changes, as it changes',
  accounts: 'Who may sign in, and as what',
  'api-tokens': 'Keys for programs, each with scopes and an end',
  tokens: 'Enrollment tokens, with which endpoints join',
  actions: 'Who did what: the hash-chained action log',
  rules: 'What each rule looks for, its settings, and the advisories that it answers',
  roster: 'Contractors as a file: what an import would change, and the import',
  search: 'Contractors, endpoints, findings and cases by their words',
  overview: 'What changed since somebody last looked, and how the fleet does',
  checklist: 'First steps with a new collector',
  collector: 'How the collector is set up',
  holds: 'Whose data is kept beyond its time, and why',
  exports: 'Signed audit packs',
};

/** Paths that belong to another word than their first. */
export const TAG_OF: Readonly<Record<string, string>> = {
  'sign-in': 'session',
  'sign-out': 'session',
  'contractor-labels': 'contractors',
  fleet: 'endpoints',
  'roster.csv': 'roster',
  'saved-filters': 'findings',
};

/** By name, where the schema says nothing itself. */
export const PARAMETERS: Readonly<Record<string, string>> = {
  id: 'Its id, percent-encoded',
  cursor: 'Where to go on: `next` of the page before. For the feed, the id of the last entry that is known',
  limit: 'How many rows at most',
  outcome: 'Only findings with this outcome',
  severity: 'Only findings of this severity',
  contractor: 'Only what concerns this contractor, by id',
  rule: 'Only findings of this rule, by id',
  status: 'Only those in this state',
  at: 'The moment that is asked about',
  cause: 'Only gaps with this cause',
  q: 'Text that has to be part of an id or name',
  ids: 'Several ids, separated by commas',
  name: 'The account, percent-encoded',
  sort: 'By what the list is ordered',
  order: 'Ascending or descending',
  since: 'Only what changed after this moment',
  from: 'The beginning of the time that is asked about',
  to: 'The end of the time that is asked about',
  actor: 'Only what this account did',
  action: 'Only actions of this kind, as noun and verb: `session.open`',
  subject: 'Only what was done to, or asked for, this id',
  assignee: 'Only what this account works on',
  family: 'Only findings of rules of this family',
  minRisk: 'Only contractors whose risk is at least so high',
  kind: 'Only those of this kind',
  visitors: 'Only places at which at least so many contractors were',
  state: 'Only those that are online, offline or revoked',
  version: 'Only endpoints whose agent has this version',
  probe: 'Only endpoints by the health of this probe',
  health: 'With `probe`: how it has to fare',
  endpoint: 'Only what this endpoint told, by id',
  lane: 'Of which swimlane',
  key: 'Of which row in it',
  width: 'How many pixels there are to draw on: more detail than they show is gathered',
  weeks: 'How many weeks to look back',
  next: 'Where to go on to after signing in',
  format: 'How the file is written',
  file: 'What the file is called',
  sha256: 'Hash of the file that was previewed, hex',
  plan: 'Hash of the plan that was previewed: another one is not carried out',
};

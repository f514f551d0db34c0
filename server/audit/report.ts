import { bare } from './fingerprint.ts';
import type { Trouble, Verdict } from './verdict.ts';

/** A verdict in sentences: what was checked, how much of it, what is wrong, and what it does not say. */
export function verdictText(verdict: Verdict): string {
  const { outcome, troubles, troubleCount, notes } = verdict;
  const more = troubleCount - troubles.length;
  return [
    HEADLINES[outcome],
    ...troubles.map((trouble) => `  - ${troubleText(trouble)}`),
    ...(more > 0 ? [`  - and ${more} more`] : []),
    '',
    ...aboutText(verdict),
    ...(outcome === 'unreadable' ? [] : ['', ...checkedText(verdict)]),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
    LIMITS,
    '',
  ].join('\n');
}

const HEADLINES = {
  verified: 'VERIFIED. Everything in this pack is as its collector signed it.',
  tampered: 'TAMPERED. Something in this pack is not as it was signed:',
  incomplete:
    'INCOMPLETE. What is in this pack is as it was signed, but something is missing without a reason:',
  unreadable: 'UNREADABLE. This is no audit pack, or it was damaged beyond reading:',
} as const;

const LIMITS =
  'This does not say that an agent saw everything, that a machine told the truth about itself, or that what was judged is right. It says\n' +
  'that the evidence was sealed by the machines’ keys, that nothing was changed, reordered or left out since, and that every hole is named.\n' +
  'That the key is the collector’s own you know only from a fingerprint that you noted down elsewhere (--key), and that days were not\n' +
  'signed anew only from an anchor outside.';

function troubleText({ says, file, endpoint, record }: Trouble): string {
  const where = [endpoint !== undefined ? `endpoint ${endpoint}` : file, record].filter(
    (part) => part !== undefined,
  );
  return `${where.length > 0 ? `${where.join(', ')}: ` : ''}${says}`;
}

function aboutText({ manifest, signer }: Verdict): readonly string[] {
  if (!manifest) return [];
  const { scope, requestedBy, createdAt, version, schedule } = manifest;
  const narrowed = [
    ...scope.contractors.map((id) => `contractor ${id}`),
    ...scope.endpoints.map((id) => `endpoint ${id}`),
    ...scope.cases.map((id) => `case ${id}`),
  ];
  return [
    `Range      ${scope.from} up to ${scope.to}${scope.redact ? ', redacted' : ''}`,
    `About      ${narrowed.length > 0 ? narrowed.join(', ') : 'everybody'}`,
    `Made       ${createdAt} for ${requestedBy.actor} (${requestedBy.source}), by Farhand ${version}`,
    ...(schedule
      ? [
          `Schedule   ${schedule.name} (${schedule.id}), due at ${schedule.due}${schedule.madeUpAt === null ? '' : `, missed then and made up at ${schedule.madeUpAt}`}`,
        ]
      : []),
    ...(signer ? [`Signed by  ${signer.fingerprint}`, `           ${TRUST[signer.trust]}`] : []),
  ];
}

const TRUST = {
  given: 'the key that you named',
  vouched: 'a later key of the collector; the key that you named vouched for it',
  foreign: 'NOT the key that you named, and that key never vouched for it',
  unconfirmed:
    'the key is the pack’s own word: compare it with the fingerprint that was noted down, or name that with --key',
} as const;

function checkedText({ checked }: Verdict): readonly string[] {
  const { files, bytes, rows, batches, observations, endpoints, spools, days, actions, hidden } = checked;
  const unseen = hidden > 0 ? `, ${numbered(hidden)} of them by hash alone` : '';
  return [
    `Files      ${numbered(files)} of ${numbered(bytes)} bytes and ${numbered(rows)} records: hash, size and count of each, none besides`,
    `Evidence   ${numbered(batches)} sealed batches with ${numbered(observations)} observations, in ${numbered(spools)} spools of ${numbered(endpoints)} endpoints: seal and place in its chain`,
    `Days       ${numbered(days)} signed roots, each holding the one before`,
    `Actions    ${numbered(actions)} rows of the action log, chained${unseen}`,
  ];
}

function numbered(value: number): string {
  return value.toLocaleString('en-US');
}

/** The key to compare with, out of what somebody typed or keeps in a file: a fingerprint, or what `farhand key show --json` printed. */
export function fingerprintIn(text: string): string | undefined {
  const hex = bare(text.trim());
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  const [, named] = /"fingerprint"\s*:\s*"([0-9a-f ]{64,80})"/.exec(text) ?? [];
  return named === undefined ? undefined : bare(named);
}

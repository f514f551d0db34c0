/** What an account is for. Everybody reads; beyond that each has what their work needs. */
export const ROLES = ['viewer', 'analyst', 'admin', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

/**
 * `read` every view; `triage` decides on findings and cases, asks for exceptions and answers what others asked for; `administer`
 * accounts, tokens, roster, revocation, retention; `audit` the action log, audit packs, what is held about a person.
 */
export const RIGHTS = ['read', 'triage', 'administer', 'audit'] as const;
export type Right = (typeof RIGHTS)[number];

const OF: Readonly<Record<Role, readonly Right[]>> = {
  viewer: ['read'],
  analyst: ['read', 'triage'],
  admin: ['read', 'triage', 'administer', 'audit'],
  auditor: ['read', 'audit'],
};

export function rightsOf(role: Role): readonly Right[] {
  return OF[role];
}

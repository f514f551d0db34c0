import type { Role } from '../../../shared/account.ts';

export const ROLE_MEANINGS: Readonly<Record<Role, string>> = {
  viewer: 'Reads every view.',
  analyst: 'Reads, decides on findings and cases, asks for exceptions and answers what others asked for.',
  admin: 'All of it, and accounts, tokens, roster, revocation.',
  auditor: 'Reads, and the action log and audit packs.',
};

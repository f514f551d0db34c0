import type { Role } from '../../../shared/account.ts';
import type { Way } from '../../../shared/api/account.ts';

export const ROLE_TEXTS: Readonly<Record<Role, string>> = {
  viewer: 'Viewer: sees everything, changes nothing',
  analyst: 'Analyst: decides on findings and cases, asks for exceptions',
  admin: 'Administrator: everything',
  auditor: 'Auditor: sees everything, and the action log',
};

export const WAY_TEXTS: Readonly<Record<Way, string>> = {
  link: 'By a link',
  password: 'By password',
  oidc: 'By the identity provider',
};

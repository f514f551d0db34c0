import type { Rule } from '../rule.ts';
import { missingDeclaration } from './missing-declaration.ts';
import { remoteDesktopPortOpen } from './remote-desktop-port-open.ts';
import { severalRemoteTools } from './several-remote-tools.ts';
import { sharedArtifact } from './shared-artifact.ts';
import { sharedEgress } from './shared-egress.ts';
import { timezoneContradiction } from './timezone-contradiction.ts';
import { unapprovedRemoteTool } from './unapproved-remote-tool.ts';
import { unapprovedVpn } from './unapproved-vpn.ts';
import { undeclaredCountry } from './undeclared-country.ts';

/** Every rule, in the order in which people read about them. */
export const RULES: readonly Rule[] = [
  unapprovedRemoteTool,
  severalRemoteTools,
  remoteDesktopPortOpen,
  unapprovedVpn,
  undeclaredCountry,
  timezoneContradiction,
  sharedEgress,
  sharedArtifact,
  missingDeclaration,
];

import type { Rule } from '../rule.ts';
import { agentInterrupted } from './agent-interrupted.ts';
import { clonedEndpoint } from './cloned-endpoint.ts';
import { coverageLost } from './coverage-lost.ts';
import { evidenceGap } from './evidence-gap.ts';
import { inputDeviceChurn } from './input-device-churn.ts';
import { ipKvmAttached } from './ip-kvm-attached.ts';
import { keepAwakeProgram } from './keep-awake-program.ts';
import { kvmShapedDevice } from './kvm-shaped-device.ts';
import { missingDeclaration } from './missing-declaration.ts';
import { remoteDesktopPortOpen } from './remote-desktop-port-open.ts';
import { severalRemoteTools } from './several-remote-tools.ts';
import { sharedArtifact } from './shared-artifact.ts';
import { sharedEgress } from './shared-egress.ts';
import { snapshotReverted } from './snapshot-reverted.ts';
import { spoofedKvmIdentity } from './spoofed-kvm-identity.ts';
import { timezoneContradiction } from './timezone-contradiction.ts';
import { unapprovedRemoteTool } from './unapproved-remote-tool.ts';
import { unapprovedVpn } from './unapproved-vpn.ts';
import { undeclaredCountry } from './undeclared-country.ts';

/** Every rule, in the order in which people read about them. */
export const RULES: readonly Rule[] = [
  unapprovedRemoteTool,
  severalRemoteTools,
  remoteDesktopPortOpen,
  ipKvmAttached,
  spoofedKvmIdentity,
  kvmShapedDevice,
  inputDeviceChurn,
  keepAwakeProgram,
  unapprovedVpn,
  undeclaredCountry,
  timezoneContradiction,
  sharedEgress,
  sharedArtifact,
  missingDeclaration,
  agentInterrupted,
  coverageLost,
  clonedEndpoint,
  snapshotReverted,
  evidenceGap,
];

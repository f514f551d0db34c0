import type { Rule } from '../rule.ts';
import { agentInterrupted } from './agent-interrupted.ts';
import { anonymizingEgress } from './anonymizing-egress.ts';
import { clonedEndpoint } from './cloned-endpoint.ts';
import { coverageLost } from './coverage-lost.ts';
import { evidenceGap } from './evidence-gap.ts';
import { firstSeenElsewhere } from './first-seen-elsewhere.ts';
import { hoursContradiction } from './hours-contradiction.ts';
import { identityPlurality } from './identity-plurality.ts';
import { impossibleTravel } from './impossible-travel.ts';
import { inputDeviceChurn } from './input-device-churn.ts';
import { ipKvmAttached } from './ip-kvm-attached.ts';
import { keepAwakeProgram } from './keep-awake-program.ts';
import { kvmShapedDevice } from './kvm-shaped-device.ts';
import { latencyContradiction } from './latency-contradiction.ts';
import { manyNetworks } from './many-networks.ts';
import { missingDeclaration } from './missing-declaration.ts';
import { noRest } from './no-rest.ts';
import { notTheIssuedEndpoint } from './not-the-issued-endpoint.ts';
import { perimeterTunnel } from './perimeter-tunnel.ts';
import { remoteControlSession } from './remote-control-session.ts';
import { remoteDesktopPortOpen } from './remote-desktop-port-open.ts';
import { remoteLoginFromUnexpectedAddress } from './remote-login-from-unexpected-address.ts';
import { remoteToolAfterEnrollment } from './remote-tool-after-enrollment.ts';
import { reshippedEndpoint } from './reshipped-endpoint.ts';
import { severalRemoteTools } from './several-remote-tools.ts';
import { sharedArtifact } from './shared-artifact.ts';
import { sharedEgress } from './shared-egress.ts';
import { signInWithoutAgent } from './sign-in-without-agent.ts';
import { snapshotReverted } from './snapshot-reverted.ts';
import { spoofedKvmIdentity } from './spoofed-kvm-identity.ts';
import { timezoneContradiction } from './timezone-contradiction.ts';
import { unapprovedRemoteTool } from './unapproved-remote-tool.ts';
import { unapprovedVpn } from './unapproved-vpn.ts';
import { unattendedRemoteHost } from './unattended-remote-host.ts';
import { undeclaredCountry } from './undeclared-country.ts';
import { vpnDropExposure } from './vpn-drop-exposure.ts';

/** Every rule, in the order in which people read about them. */
export const RULES: readonly Rule[] = [
  unapprovedRemoteTool,
  remoteControlSession,
  severalRemoteTools,
  remoteToolAfterEnrollment,
  unattendedRemoteHost,
  remoteDesktopPortOpen,
  remoteLoginFromUnexpectedAddress,
  perimeterTunnel,
  ipKvmAttached,
  spoofedKvmIdentity,
  kvmShapedDevice,
  inputDeviceChurn,
  keepAwakeProgram,
  unapprovedVpn,
  undeclaredCountry,
  vpnDropExposure,
  anonymizingEgress,
  impossibleTravel,
  manyNetworks,
  firstSeenElsewhere,
  reshippedEndpoint,
  latencyContradiction,
  timezoneContradiction,
  hoursContradiction,
  noRest,
  sharedEgress,
  sharedArtifact,
  identityPlurality,
  notTheIssuedEndpoint,
  signInWithoutAgent,
  missingDeclaration,
  agentInterrupted,
  coverageLost,
  clonedEndpoint,
  snapshotReverted,
  evidenceGap,
];

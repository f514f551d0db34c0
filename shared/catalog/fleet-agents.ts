import type { Tool } from './schema.ts';

const LISTED = 'Splunk security_content, remote_access_software lookup of July 2024 (Windows)';
const FROM_KNOWLEDGE = 'General knowledge, to be verified on an installed copy';

/** More agents of fleets: whoever holds the console can reach this machine. See rmm.ts for those most seen in reports. */
export const FLEET_AGENTS: readonly Tool[] = [
  agent({
    ...{ id: 'pdq-connect', name: 'PDQ Connect', vendor: 'PDQ' },
    windows: {
      processes: ['pdq-connect-agent.exe'],
      processPatterns: ['pdq-connect*.exe'],
      services: ['PDQConnectAgent'],
      packages: ['PDQConnectAgent'],
    },
    note: 'Windows only. The pattern and the package are listed, the rest is general knowledge.',
    sources: [LISTED, FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'superops', name: 'SuperOps', vendor: 'SuperOps' },
    macos: { processes: ['superops'] },
    windows: { processes: ['superops.exe', 'superopsticket.exe'] },
    note: 'Windows names are listed, macOS is general knowledge.',
    sources: [LISTED, FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'panorama9', name: 'Panorama9', vendor: 'Panorama9' },
    macos: { processes: ['p9agent'] },
    windows: { processPatterns: ['p9agent*.exe'] },
    note: 'The Windows pattern is listed, macOS is general knowledge.',
    sources: [LISTED, FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'optitune', name: 'OptiTune', vendor: 'Bravura Software' },
    windows: { processes: ['OTPowerShell.exe'], weakNames: ['OTService.exe'], packages: ['OptiTune*'] },
    note: 'Windows only. Processes are listed, the package is general knowledge.',
    sources: [LISTED, FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'xeox', name: 'XEOX', vendor: 'hs2n' },
    windows: { processes: ['xeox_service_windows.exe'], processPatterns: ['xeox-agent_*.exe'] },
    confidence: 'listed',
    note: 'Windows only.',
    sources: [LISTED],
  }),
  agent({
    ...{ id: 'syspectr', name: 'O&O Syspectr', vendor: 'O&O Software' },
    windows: { processes: ['OOSysAgent.exe'], processPatterns: ['oo-syspectr*.exe'] },
    confidence: 'listed',
    note: 'Windows only.',
    sources: [LISTED],
  }),
  agent({
    ...{ id: 'connectwise-rmm', name: 'ConnectWise RMM', vendor: 'ConnectWise' },
    linux: { processes: ['platform-agent-core'], paths: ['/opt/continuum'] },
    macos: { processes: ['platform-agent-core'], paths: ['/opt/continuum'] },
    windows: {
      processes: ['saazapsc.exe', 'platform-agent-core.exe'],
      services: ['ITSPlatform', 'ITSPlatformManager', 'SAAZappr'],
    },
    note: 'Formerly Continuum and ITSupport247. saazapsc.exe is listed, the rest is general knowledge.',
    sources: [LISTED, FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'jumpcloud', name: 'JumpCloud agent and Remote Assist', vendor: 'JumpCloud' },
    linux: {
      processes: ['jumpcloud-agent', 'jumpcloud-assist-service'],
      services: ['jcagent', 'jumpcloud-assist'],
      paths: ['/opt/jc'],
    },
    macos: {
      processes: ['jumpcloud-agent', 'JumpCloud Assist App'],
      services: ['com.jumpcloud.darwin-agent', 'com.jumpcloud.assist-service'],
      paths: ['/Applications/JumpCloud Remote Assist.app'],
    },
    windows: {
      processes: ['jumpcloud-agent.exe', 'jumpcloud-assist-app.exe'],
      processPatterns: ['JumpCloud*.exe'],
      services: ['jumpcloud-agent'],
    },
    note: 'A directory and device management that can also control. The Windows pattern is listed, the rest is general knowledge.',
    sources: [LISTED, FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'addigy', name: 'Addigy', vendor: 'Addigy' },
    macos: {
      services: ['com.addigy.agent', 'com.addigy.collector'],
      packages: ['com.addigy.agent'],
      paths: ['/Library/Addigy'],
    },
    note: 'macOS alone.',
    sources: [FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'automox', name: 'Automox', vendor: 'Automox' },
    linux: { processes: ['amagent'], services: ['amagent'], packages: ['amagent'], paths: ['/opt/amagent'] },
    macos: { processes: ['amagent'], services: ['com.automox.agent'] },
    windows: { processes: ['amagent.exe'], services: ['amagent'], packages: ['Automox Agent'] },
    sources: [FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'n-able-n-central', name: 'N-able N-central', vendor: 'N-able' },
    linux: { processes: ['nagent'], services: ['nagent'] },
    macos: { processes: ['nagent'], services: ['com.n-able.agent-macos10_4ppc'] },
    windows: {
      processes: ['AgentMaint.exe'],
      services: ['Windows Agent Service', 'Windows Agent Maintenance Service'],
    },
    sources: [FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'n-able-n-sight', name: 'N-able N-sight', vendor: 'N-able' },
    linux: { processes: ['rmmagentd'], services: ['rmmagent'], paths: ['/usr/local/rmmagent'] },
    macos: { processes: ['rmmagentd'], paths: ['/usr/local/rmmagent'] },
    windows: {
      processes: ['BASEClient.exe'],
      weakNames: ['winagent.exe'],
      services: ['Advanced Monitoring Agent'],
    },
    note: 'BASEClient.exe is listed, the rest is general knowledge.',
    sources: [LISTED, FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'configmgr-remote-control', name: 'Configuration Manager Remote Control', vendor: 'Microsoft' },
    windows: { processes: ['CmRcService.exe'], services: ['CmRcService'] },
    note: 'Windows only. Part of the company’s own management, where it is used.',
    sources: [FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'microsoft-remote-help', name: 'Microsoft Remote Help', vendor: 'Microsoft' },
    macos: {
      processes: ['Microsoft Remote Help'],
      packages: ['com.microsoft.remotehelp'],
      paths: ['/Applications/Microsoft Remote Help.app'],
    },
    windows: { processes: ['RemoteHelp.exe'], packages: ['Remote Help'] },
    sources: [FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'jamf-remote-assist', name: 'Jamf Remote Assist', vendor: 'Jamf' },
    macos: {
      processes: ['JamfRemoteAssistConnector', 'JamfRemoteAssistConnectorUI'],
      packages: ['com.jamf.remoteassist'],
      paths: ['/Library/Application Support/JAMF/Remote Assist'],
    },
    note: 'macOS alone.',
    sources: [FROM_KNOWLEDGE],
  }),
  agent({
    ...{ id: 'remotely', name: 'Remotely', vendor: 'Immense Networks' },
    linux: {
      processes: ['Remotely_Agent', 'Remotely_Desktop'],
      services: ['remotely-agent'],
      paths: ['/usr/local/bin/Remotely'],
    },
    macos: { processes: ['Remotely_Agent'], paths: ['/usr/local/bin/Remotely'] },
    windows: {
      processes: ['Remotely_Agent.exe', 'Remotely_Desktop.exe'],
      services: ['Remotely_Service'],
      paths: ['C:\\Program Files\\Remotely'],
    },
    sources: ['github.com/immense/Remotely', FROM_KNOWLEDGE],
  }),
];

function agent({
  confidence = 'unconfirmed',
  ...known
}: Omit<Tool, 'category' | 'direction' | 'confidence'> & { confidence?: Tool['confidence'] }): Tool {
  return { ...known, category: 'remote-access', direction: 'inbound', confidence };
}

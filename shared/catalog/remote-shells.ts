import type { Tool } from './schema.ts';

const FROM_KNOWLEDGE = 'General knowledge, to be verified on an installed copy';

/** More ways to a shell or a port of this machine: agents of clouds, shells in browsers, small tunnels. See tunnels.ts. */
export const REMOTE_SHELLS: readonly Tool[] = [
  shell({
    ...{ id: 'teleport', name: 'Teleport', vendor: 'Teleport' },
    linux: {
      processes: ['teleport'],
      services: ['teleport'],
      packages: ['teleport', 'teleport-ent'],
      paths: ['/etc/teleport.yaml'],
    },
    macos: { processes: ['teleport'], services: ['com.goteleport.teleport'] },
    sources: ['github.com/gravitational/teleport', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'aws-ssm-agent', name: 'AWS Systems Manager agent', vendor: 'Amazon' },
    linux: {
      processes: ['amazon-ssm-agent', 'ssm-agent-worker', 'ssm-session-worker'],
      services: ['amazon-ssm-agent', 'snap.amazon-ssm-agent.amazon-ssm-agent'],
      packages: ['amazon-ssm-agent'],
    },
    macos: { processes: ['amazon-ssm-agent'], services: ['com.amazon.aws.ssm'] },
    windows: {
      processes: ['amazon-ssm-agent.exe', 'ssm-agent-worker.exe'],
      services: ['AmazonSSMAgent'],
      packages: ['Amazon SSM Agent'],
    },
    note: 'A shell from the console of whoever owns the account; at home on servers.',
    sources: ['github.com/aws/amazon-ssm-agent', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'azure-arc', name: 'Azure Connected Machine agent', vendor: 'Microsoft' },
    linux: {
      processes: ['himds', 'gc_linux_service'],
      services: ['himdsd', 'gcad'],
      packages: ['azcmagent'],
    },
    windows: { processes: ['himds.exe', 'gc_arc_service.exe'], services: ['himds', 'GCArcService'] },
    note: 'Runs what whoever owns the subscription sends; at home on servers.',
  }),
  shell({
    ...{ id: 'rport', name: 'RPort', vendor: 'RealVNC' },
    linux: { processes: ['rport'], services: ['rport'], paths: ['/etc/rport'] },
    macos: { processes: ['rport'] },
    windows: { processes: ['rport.exe'], services: ['rport'] },
    note: 'rport.exe is listed, the rest is general knowledge.',
    sources: ['Splunk security_content, remote_access_software lookup of July 2024', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'remote-it', name: 'remote.it', vendor: 'remot3.it' },
    linux: { processes: ['remoteit'], packages: ['remoteit'], paths: ['/etc/remoteit'] },
    macos: { processes: ['remoteit'], services: ['it.remote.cli'], paths: ['/Applications/remoteit.app'] },
    windows: { processes: ['remoteit.exe', 'remote.it.exe'] },
    note: 'Windows names are listed, the rest is general knowledge.',
    sources: ['Splunk security_content, remote_access_software lookup of July 2024', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'playit', name: 'playit.gg', vendor: 'playit' },
    linux: { processes: ['playit', 'playit-linux-amd64'], services: ['playit'], packages: ['playit'] },
    macos: { processes: ['playit'] },
    windows: { processes: ['playit.exe'], processPatterns: ['playit-windows*.exe'] },
  }),
  shell({
    ...{ id: 'pinggy', name: 'Pinggy', vendor: 'Pinggy' },
    linux: { processes: ['pinggy'] },
    macos: { processes: ['pinggy'] },
    windows: { processes: ['pinggy.exe'] },
    note: 'Mostly used through ssh, which leaves none of these names.',
  }),
  shell({
    ...{ id: 'bore', name: 'bore', vendor: 'bore project' },
    linux: { weakNames: ['bore'], paths: ['~/.cargo/bin/bore'] },
    macos: { weakNames: ['bore'], paths: ['~/.cargo/bin/bore'] },
    windows: { weakNames: ['bore.exe'] },
    sources: ['github.com/ekzhang/bore', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'tunnelmole', name: 'Tunnelmole', vendor: 'Tunnelmole project' },
    linux: { processes: ['tmole', 'tunnelmole'] },
    macos: { processes: ['tmole', 'tunnelmole'] },
    windows: { processes: ['tmole.exe'] },
  }),
  shell({
    ...{ id: 'inlets', name: 'inlets', vendor: 'OpenFaaS' },
    linux: { processes: ['inlets', 'inlets-pro'], services: ['inlets', 'inlets-pro'] },
    macos: { processes: ['inlets', 'inlets-pro'] },
    windows: { processes: ['inlets-pro.exe'] },
  }),
  shell({
    ...{ id: 'nps', name: 'nps', vendor: 'nps project' },
    linux: { weakNames: ['npc', 'nps'], services: ['Npc', 'Nps'], paths: ['/etc/nps', '/usr/bin/npc'] },
    windows: { weakNames: ['npc.exe'], services: ['Npc'] },
    sources: ['github.com/ehang-io/nps', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'ligolo-ng', name: 'Ligolo-ng', vendor: 'Ligolo-ng project' },
    linux: { processPatterns: ['ligolo*'], interfaces: ['ligolo'] },
    macos: { processPatterns: ['ligolo*'] },
    windows: { processPatterns: ['ligolo*.exe'] },
    note: 'Its programs are called agent and proxy when nobody renames them; those names are no sign.',
  }),
  shell({
    ...{ id: 'iodine', name: 'iodine', vendor: 'iodine project' },
    linux: { processes: ['iodine', 'iodined'], services: ['iodined'], packages: ['iodine'] },
    macos: { processes: ['iodine', 'iodined'] },
    windows: { processes: ['iodine.exe'] },
    note: 'A network inside of DNS.',
  }),
  shell({
    ...{ id: 'autossh', name: 'autossh', vendor: 'autossh project' },
    linux: { processes: ['autossh'], packages: ['autossh'] },
    macos: { processes: ['autossh'] },
    note: 'Keeps ssh tunnels up, often in the reverse direction. Everyday on machines of administrators.',
  }),
  shell({
    ...{ id: 'ttyd', name: 'ttyd', vendor: 'ttyd project' },
    linux: { processes: ['ttyd'], services: ['ttyd'], packages: ['ttyd'] },
    macos: { processes: ['ttyd'] },
    windows: { processes: ['ttyd.exe', 'ttyd.win32.exe'] },
    listenPorts: [7681],
    sources: ['github.com/tsl0922/ttyd', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'gotty', name: 'GoTTY', vendor: 'GoTTY project' },
    linux: { processes: ['gotty'] },
    macos: { processes: ['gotty'] },
    sources: ['github.com/sorenisanerd/gotty', FROM_KNOWLEDGE],
  }),
  shell({
    ...{ id: 'shellinabox', name: 'Shell In A Box', vendor: 'Shell In A Box project' },
    linux: { processes: ['shellinaboxd'], services: ['shellinabox'], packages: ['shellinabox'] },
    listenPorts: [4200],
  }),
  shell({
    ...{ id: 'cockpit', name: 'Cockpit', vendor: 'Red Hat' },
    linux: { processes: ['cockpit-ws', 'cockpit-tls'] },
    listenPorts: [9090],
    note: 'Administration and a terminal in a browser. Some distributions install it, asleep, for everyone: only its running is a sign.',
  }),
  shell({
    ...{ id: 'eternal-terminal', name: 'Eternal Terminal', vendor: 'Eternal Terminal project' },
    linux: { processes: ['etserver'], services: ['et'] },
    macos: { processes: ['etserver'], services: ['homebrew.mxcl.et'] },
    listenPorts: [2022],
  }),
  shell({
    ...{ id: 'vscode-live-share', name: 'Live Share', vendor: 'Microsoft' },
    direction: 'both',
    linux: { processes: ['vsls-agent'] },
    macos: { processes: ['vsls-agent'] },
    windows: { processes: ['vsls-agent.exe'] },
    note: 'Guests edit, and may be given a terminal.',
  }),
  shell({
    ...{ id: 'cursor-tunnel', name: 'Cursor tunnel', vendor: 'Anysphere' },
    linux: { processes: ['cursor-tunnel'] },
    macos: { processes: ['cursor-tunnel'] },
    windows: { processes: ['cursor-tunnel.exe'] },
    note: 'The editor itself is not a sign.',
  }),
  shell({
    ...{ id: 'dataplicity', name: 'Dataplicity', vendor: 'Wildfoundry' },
    linux: { processes: ['dataplicity'], services: ['tuxtunnel'], paths: ['/opt/dataplicity'] },
  }),
];

function shell(known: Pick<Tool, 'id' | 'name' | 'vendor'> & Partial<Tool>): Tool {
  return {
    category: 'tunnel',
    direction: 'inbound',
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
    ...known,
  };
}

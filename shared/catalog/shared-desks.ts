import type { Tool } from './schema.ts';

const FROM_KNOWLEDGE = 'General knowledge, to be verified on an installed copy';

/** Virtual desktops, streamed desktops, classrooms, and keyboards that are shared over a network; with the clients of some. */
export const SHARED_DESKS: readonly Tool[] = [
  desk({
    ...{ id: 'citrix-vda', name: 'Citrix Virtual Delivery Agent', vendor: 'Citrix' },
    linux: { processes: ['ctxhdx', 'ctxvda'], services: ['ctxhdx', 'ctxvda'], packages: ['xendesktopvda'] },
    windows: { processes: ['BrokerAgent.exe', 'PicaSvc2.exe', 'CtxSvcHost.exe'], services: ['BrokerAgent'] },
  }),
  desk({
    ...{ id: 'horizon-agent', name: 'Horizon Agent', vendor: 'Omnissa' },
    linux: { services: ['viewagent'], paths: ['/usr/lib/vmware/viewagent', '/usr/lib/omnissa/viewagent'] },
    windows: { processes: ['wsnm.exe', 'wsnm_jms.exe'], services: ['WSNM'] },
  }),
  desk({
    ...{ id: 'leostream-agent', name: 'Leostream Agent', vendor: 'Leostream' },
    linux: { services: ['leostreamd'], paths: ['/usr/local/leostream'] },
    windows: { processes: ['LeostreamAgent.exe'], services: ['Leostream Agent'] },
  }),
  desk({
    ...{ id: 'hp-rgs', name: 'HP Remote Graphics Software', vendor: 'HP' },
    linux: { processes: ['rgsender'], services: ['rgsender'], paths: ['/opt/hpremote'] },
    windows: { processes: ['rgsendersvc.exe', 'rgsender.exe'], services: ['rgsender'] },
  }),
  desk({
    ...{ id: 'fastx', name: 'FastX', vendor: 'StarNet' },
    linux: { services: ['fastx3', 'fastx4'], paths: ['/usr/lib/fastx'] },
  }),
  desk({
    ...{ id: 'selkies', name: 'Selkies', vendor: 'Selkies project' },
    linux: { processes: ['selkies-gstreamer', 'selkies'] },
    sources: ['github.com/selkies-project/selkies', FROM_KNOWLEDGE],
  }),
  desk({
    ...{ id: 'reemo', name: 'Reemo', vendor: 'Reemo' },
    linux: { processes: ['reemod'], services: ['reemod'], packages: ['reemo'] },
    macos: { processes: ['Reemo'], paths: ['/Applications/Reemo.app'] },
    windows: { processes: ['ReemoService.exe', 'Reemo.exe'] },
  }),
  desk({
    ...{ id: 'vine-server', name: 'Vine Server', vendor: 'Vine project' },
    macos: {
      processes: ['OSXvnc-server', 'Vine Server'],
      packages: ['com.redstonesoftware.VineServer', 'com.testplant.VineServer'],
      paths: ['/Applications/Vine Server.app'],
    },
  }),
  desk({
    ...{ id: 'rdp-wrapper', name: 'RDP Wrapper', vendor: 'RDP Wrapper project' },
    windows: {
      processes: ['RDPWInst.exe', 'RDPConf.exe', 'RDPCheck.exe'],
      paths: ['C:\\Program Files\\RDP Wrapper'],
    },
    note: 'Windows only. Opens remote desktop on editions without it, for several sessions at once. Processes are listed, the folder is general knowledge.',
    sources: ['Splunk security_content, remote_access_software lookup of July 2024', FROM_KNOWLEDGE],
  }),
  desk({
    ...{ id: 'software-kvm', name: 'Synergy, Barrier, Input Leap and Deskflow', vendor: 'Several' },
    direction: 'both',
    linux: {
      processes: [
        ...['synergy', 'synergy-core', 'synergyc', 'synergys', 'barrier', 'barrierc', 'barriers'],
        ...['input-leap', 'input-leapc', 'input-leaps', 'deskflow', 'deskflow-core'],
      ],
      packages: ['synergy', 'barrier', 'input-leap', 'deskflow'],
    },
    macos: {
      processes: ['synergy-core', 'synergyc', 'barrierc', 'input-leapc', 'deskflow-core'],
      paths: [
        '/Applications/Synergy.app',
        '/Applications/Barrier.app',
        '/Applications/InputLeap.app',
        '/Applications/Deskflow.app',
      ],
    },
    windows: {
      processes: ['synergy-core.exe', 'synergyc.exe', 'barrierc.exe', 'input-leapc.exe', 'deskflow-core.exe'],
    },
    listenPorts: [24800],
    note: 'One keyboard for several computers in a room, or, through a tunnel, in the world.',
  }),
  desk({
    ...{ id: 'mouse-without-borders', name: 'Mouse Without Borders', vendor: 'Microsoft' },
    direction: 'both',
    windows: { processes: ['PowerToys.MouseWithoutBorders.exe', 'MouseWithoutBorders.exe'] },
    note: 'Windows only. One keyboard for several computers in a room.',
  }),
  desk({
    ...{ id: 'unified-remote', name: 'Unified Remote', vendor: 'Unified Intents' },
    linux: { processes: ['urserver'], packages: ['urserver'], paths: ['/opt/urserver'] },
    macos: { processes: ['Unified Remote'], paths: ['/Applications/Unified Remote.app'] },
    windows: { processes: ['RemoteServerWin.exe'], packages: ['Unified Remote*'] },
    listenPorts: [9510, 9512],
    note: 'A telephone as keyboard and mouse of this computer.',
  }),
  desk({
    ...{ id: 'veyon', name: 'Veyon', vendor: 'Veyon Solutions' },
    linux: { processes: ['veyon-server', 'veyon-service', 'veyon-worker'], packages: ['veyon'] },
    windows: { processes: ['veyon-server.exe', 'veyon-service.exe'], services: ['VeyonService'] },
    listenPorts: [11_100],
    note: 'For classrooms.',
  }),
  desk({
    ...{ id: 'epoptes', name: 'Epoptes', vendor: 'Epoptes project' },
    linux: { processes: ['epoptes-client'], services: ['epoptes-client'], packages: ['epoptes-client'] },
    note: 'For classrooms.',
  }),

  client({
    ...{ id: 'citrix-workspace', name: 'Citrix Workspace app', vendor: 'Citrix' },
    linux: { processes: ['wfica'], packages: ['icaclient'], paths: ['/opt/Citrix/ICAClient'] },
    macos: { processes: ['Citrix Viewer'], packages: ['com.citrix.receiver.nomas'] },
    windows: { processes: ['wfica32.exe', 'CDViewer.exe'] },
  }),
  client({
    ...{ id: 'horizon-client', name: 'Horizon Client', vendor: 'Omnissa' },
    linux: { processes: ['vmware-view', 'horizon-client'], packages: ['horizon-client'] },
    macos: {
      processes: ['VMware Horizon Client', 'Omnissa Horizon Client'],
      packages: ['com.vmware.horizon', 'com.omnissa.horizon.client.mac'],
    },
    windows: { processes: ['vmware-view.exe', 'horizon-client.exe'] },
  }),
  client({
    ...{ id: 'amazon-workspaces-client', name: 'Amazon WorkSpaces client', vendor: 'Amazon' },
    linux: { processes: ['workspacesclient'], packages: ['workspacesclient'] },
    macos: { processes: ['WorkSpaces'], packages: ['com.amazon.workspaces'] },
    windows: { processes: ['workspaces.exe'] },
  }),
  client({
    ...{ id: 'jump-desktop', name: 'Jump Desktop', vendor: 'Phase Five Systems' },
    macos: {
      processes: ['Jump Desktop'],
      packages: ['com.p5sys.jump.mac.viewer', 'com.p5sys.jump.mac.viewer.web'],
      paths: ['/Applications/Jump Desktop.app'],
    },
    windows: { processes: ['JumpDesktop.exe', 'JumpClient.exe'] },
  }),
  client({
    ...{ id: 'royal-ts', name: 'Royal TS and TSX', vendor: 'Royal Apps' },
    macos: { processes: ['Royal TSX'], paths: ['/Applications/Royal TSX.app'] },
    windows: { processes: ['royalts.exe'] },
  }),
  client({
    ...{ id: 'mremoteng', name: 'mRemoteNG', vendor: 'mRemoteNG project' },
    windows: { processes: ['mRemoteNG.exe'] },
    note: 'Windows only.',
  }),
];

type Known = Pick<Tool, 'id' | 'name' | 'vendor'> & Partial<Tool>;

function desk(known: Known): Tool {
  return {
    category: 'remote-access',
    direction: 'inbound',
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
    ...known,
  };
}

function client(known: Known): Tool {
  return desk({ ...known, direction: 'outbound' });
}

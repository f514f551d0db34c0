import type { Tool } from './schema.ts';

const FROM_KNOWLEDGE = 'General knowledge, to be verified on an installed copy';

/**
 * Programs that only reach out to other desktops. They are listed so that nobody takes them for a far hand: the direction says so.
 */
export const DESKTOP_CLIENTS: readonly Tool[] = [
  {
    id: 'microsoft-rdp-client',
    name: 'Microsoft Remote Desktop clients',
    vendor: 'Microsoft',
    category: 'remote-access',
    direction: 'outbound',
    macos: {
      processes: ['Microsoft Remote Desktop', 'Windows App'],
      packages: ['com.microsoft.rdc.macos'],
      paths: ['/Applications/Windows App.app', '/Applications/Microsoft Remote Desktop.app'],
    },
    windows: { processes: ['msrdc.exe', 'msrdcw.exe'], weakNames: ['mstsc.exe'] },
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
  },
  {
    id: 'remmina',
    name: 'Remmina',
    vendor: 'Remmina project',
    category: 'remote-access',
    direction: 'outbound',
    linux: { processes: ['remmina'], packages: ['remmina'] },
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
  },
  {
    id: 'freerdp',
    name: 'FreeRDP clients',
    vendor: 'FreeRDP',
    category: 'remote-access',
    direction: 'outbound',
    linux: {
      processes: ['xfreerdp', 'xfreerdp3', 'wlfreerdp', 'wlfreerdp3', 'sdl-freerdp', 'sdl-freerdp3'],
      packages: ['freerdp2-x11', 'freerdp3-x11'],
    },
    macos: { processes: ['xfreerdp', 'sdl-freerdp', 'MacFreeRDP'] },
    windows: { processes: ['wfreerdp.exe', 'sdl-freerdp.exe'] },
    confidence: 'unconfirmed',
    sources: ['github.com/FreeRDP/FreeRDP', FROM_KNOWLEDGE],
  },
  {
    id: 'vnc-viewers',
    name: 'VNC viewers',
    vendor: 'Several',
    category: 'remote-access',
    direction: 'outbound',
    linux: { processes: ['vncviewer', 'xtigervncviewer', 'xtightvncviewer', 'gvncviewer'] },
    macos: { processes: ['VNC Viewer', 'vncviewer'], packages: ['com.realvnc.vncviewer'] },
    windows: { processes: ['vncviewer.exe', 'tvnviewer.exe'] },
    extensions: ['iabmpiboiopbgfabjmgeedhcmjenhbla'],
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
  },
  {
    id: 'gnome-connections',
    name: 'GNOME Connections and Vinagre',
    vendor: 'GNOME',
    category: 'remote-access',
    direction: 'outbound',
    linux: { processes: ['gnome-connections', 'vinagre'] },
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
  },
  {
    id: 'krdc',
    name: 'KRDC',
    vendor: 'KDE',
    category: 'remote-access',
    direction: 'outbound',
    linux: { processes: ['krdc'] },
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
  },
  {
    id: 'moonlight',
    name: 'Moonlight',
    vendor: 'Moonlight project',
    category: 'remote-access',
    direction: 'outbound',
    linux: { processes: ['moonlight', 'moonlight-qt'], packages: ['moonlight-qt'] },
    macos: { processes: ['Moonlight'], paths: ['/Applications/Moonlight.app'] },
    windows: { processes: ['Moonlight.exe'] },
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
  },
];

import type { Tool } from './schema.ts';

export const REMOTE_ACCESS: readonly Tool[] = [
  {
    id: 'anydesk',
    name: 'AnyDesk',
    vendor: 'AnyDesk Software',
    category: 'remote-access',
    direction: 'both',
    linux: { processes: ['anydesk'], services: ['anydesk'], packages: ['anydesk'] },
    macos: { processes: ['AnyDesk'], packages: ['com.philandro.anydesk'] },
    windows: { processes: ['AnyDesk.exe'], services: ['AnyDesk'] },
    listenPorts: [7070],
    signers: ['KHRWM533LU'],
    confidence: 'quoted',
    sources: ['LOLRMM anydesk.yaml', 'Installomator (macOS team id)'],
  },
];

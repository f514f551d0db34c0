import type { Tool } from './schema.ts';

/** Circumvention proxies and anonymizers. `listenPorts` are the local ports that a system proxy setting points at. */
export const PROXY: readonly Tool[] = [
  {
    id: 'tor',
    name: 'Tor',
    vendor: 'The Tor Project',
    category: 'anonymizer',
    direction: 'outbound',
    linux: {
      processes: ['tor'],
      services: ['tor', 'tor@*'],
      packages: ['tor', 'torbrowser-launcher', 'tor-geoipdb'],
      paths: ['~/.local/share/torbrowser', '~/tor-browser'],
      weakNames: ['firefox.real'],
    },
    macos: {
      processes: ['tor', 'tor.real'],
      packages: ['org.torproject.torbrowser'],
      paths: ['/Applications/Tor Browser.app'],
      weakNames: ['firefox'],
    },
    windows: {
      processes: ['tor.exe'],
      weakNames: ['firefox.exe'],
      paths: ['~/Desktop/Tor Browser'],
    },
    listenPorts: [9050, 9150],
    signers: ['MADPSAYN6T'],
    confidence: 'unconfirmed',
    sources: ['Installomator (macOS team id)', 'General knowledge (names, ports)'],
  },
  {
    id: 'clash',
    name: 'Clash, mihomo and Clash Verge',
    vendor: 'Clash community',
    category: 'proxy',
    direction: 'outbound',
    linux: {
      processes: [
        'clash-verge',
        'clash-verge-service',
        'verge-mihomo',
        'verge-mihomo-alpha',
        'mihomo',
        'clash',
      ],
      services: ['clash-verge-service', 'clash_verge_service', 'mihomo'],
      packages: ['clash-verge', 'clash-verge-rev', 'mihomo'],
      interfaces: ['Mihomo', 'Meta'],
    },
    macos: {
      processes: [
        'clash-verge',
        'clash-verge-service',
        'verge-mihomo',
        'verge-mihomo-alpha',
        'mihomo',
        'ClashX',
      ],
      services: ['io.github.clash-verge-rev.clash-verge-rev.service'],
      packages: ['io.github.clash-verge-rev.clash-verge-rev', 'com.west2online.ClashX'],
      paths: ['/Applications/Clash Verge.app', '/Applications/ClashX.app'],
    },
    windows: {
      processes: ['clash-verge.exe', 'clash-verge-service.exe', 'verge-mihomo.exe', 'verge-mihomo-alpha.exe'],
      services: ['clash_verge_service'],
      packages: ['Clash Verge'],
      interfaces: ['Mihomo', 'Meta'],
    },
    listenPorts: [7890, 7897],
    confidence: 'unconfirmed',
    note: 'Windows service and core names and port 7897 are confirmed.',
    sources: ['github.com/clash-verge-rev/clash-verge-rev', 'General knowledge (mihomo, ClashX)'],
  },
];

import { expect, test } from 'vitest';
import { CATALOG } from '../../../shared/catalog/index.ts';
import { matcherOf, type Os, type TraceKind } from '../../../shared/catalog/match.ts';

/** What comes with an operating system or any developer's machine. None of it may accuse anyone. */
const ORDINARY: Record<Os, Partial<Record<TraceKind, readonly string[]>>> = {
  linux: {
    process: [
      ...[
        'systemd',
        'systemd-logind',
        'systemd-resolved',
        'systemd-timesyncd',
        'NetworkManager',
        'wpa_supplicant',
      ],
      ...[
        'dbus-daemon',
        'polkitd',
        'udisksd',
        'gdm3',
        'gnome-shell',
        'gnome-session-binary',
        'Xorg',
        'Xwayland',
      ],
      ...[
        'gvfsd',
        'pipewire',
        'wireplumber',
        'pulseaudio',
        'plasmashell',
        'kwin_wayland',
        'sddm',
        'cupsd',
        'snapd',
      ],
      ...[
        'sshd',
        'sshd-session',
        'ssh',
        'ssh-agent',
        'bash',
        'zsh',
        'node',
        'python3',
        'java',
        'docker',
        'dockerd',
      ],
      ...[
        'containerd',
        'containerd-shim-runc-v2',
        'containerd-shim',
        'code',
        'chrome',
        'firefox',
        'slack',
        'zoom',
      ],
      ...['gnome-keyring-daemon', 'gnome-keyring-d', 'gnome-session-b', 'git'],
      ...[
        'packagekitd',
        'fwupd',
        'ModemManager',
        'avahi-daemon',
        'rsyslogd',
        'cron',
        'agetty',
        'charon',
        'pppd',
      ],
    ],
    service: [
      ...[
        'ssh',
        'sshd',
        'ssh@',
        'systemd-networkd',
        'NetworkManager',
        'wpa_supplicant',
        'openvpn',
        'openvpn@',
      ],
      ...['openvpn-client@', 'openvpn-server@', 'gnome-remote-desktop', 'gnome-remote-desktop-headless'],
      ...['app-org.kde.krdpserver', 'vino-server', 'cups', 'snapd', 'docker', 'getty@', 'user@', 'bluetooth'],
    ],
    package: [
      ...[
        'openssh-server',
        'openssh-client',
        'openvpn',
        'network-manager-openvpn',
        'network-manager',
        'wireguard',
      ],
      ...[
        'gnome-remote-desktop',
        'krdp',
        'krfb',
        'remmina',
        'libfreerdp3-3',
        'freerdp3-x11',
        'libvncserver1',
      ],
      ...['code', 'firefox', 'google-chrome-stable', 'torsocks', 'python3', 'nodejs', 'ppp', 'strongswan'],
    ],
    interface: [
      'lo',
      'eth0',
      'enp3s0',
      'wlan0',
      'wlp2s0',
      'docker0',
      'br-1a2b3c',
      'virbr0',
      'vnet0',
      'veth12ab',
    ],
  },
  macos: {
    process: [
      ...[
        'launchd',
        'kernel_task',
        'WindowServer',
        'loginwindow',
        'Finder',
        'Dock',
        'sharingd',
        'rapportd',
        'bluetoothd',
      ],
      ...[
        'ScreenSharingSubscriber',
        'screencaptureui',
        'remoted',
        'RemoteManagement',
        'SSMenuAgent',
        'sshd',
        'ssh',
      ],
      ...[
        'nesessionmanager',
        'neagent',
        'configd',
        'mDNSResponder',
        'Google Chrome',
        'Safari',
        'Code',
        'node',
        'zsh',
      ],
    ],
    service: [
      ...[
        'com.apple.RemoteDesktop.agent',
        'com.apple.screensharing.MessagesAgent',
        'com.apple.screensharing.agent',
      ],
      ...[
        'com.openssh.sshd',
        'com.apple.nesessionmanager',
        'com.google.keystone.daemon',
        'com.docker.vmnetd',
      ],
    ],
    package: [
      'com.google.Chrome',
      'com.microsoft.VSCode',
      'org.mozilla.firefox',
      'com.apple.Safari',
      'us.zoom.xos',
    ],
    interface: [
      'lo0',
      'en0',
      'en1',
      'utun0',
      'utun3',
      'awdl0',
      'llw0',
      'bridge0',
      'ap1',
      'gif0',
      'stf0',
      'anpi0',
    ],
  },
  windows: {
    process: [
      ...[
        'System',
        'svchost.exe',
        'explorer.exe',
        'dwm.exe',
        'csrss.exe',
        'winlogon.exe',
        'lsass.exe',
        'rdpclip.exe',
      ],
      ...[
        'mstsc.exe',
        'rundll32.exe',
        'SearchHost.exe',
        'RuntimeBroker.exe',
        'conhost.exe',
        'powershell.exe',
      ],
      ...[
        'msedge.exe',
        'chrome.exe',
        'firefox.exe',
        'Code.exe',
        'ms-teams.exe',
        'OneDrive.exe',
        'Zoom.exe',
        'ssh.exe',
      ],
    ],
    service: [
      'TermService',
      'UmRdpService',
      'SessionEnv',
      'RasMan',
      'IKEEXT',
      'RemoteAccess',
      'RemoteRegistry',
      'sshd',
    ],
    package: [
      'Microsoft Edge',
      'Google Chrome',
      'Mozilla Firefox (x64 en-US)',
      'Microsoft OneDrive',
      'Git',
      'Zoom',
    ],
    interface: [
      'Ethernet',
      'Wi-Fi',
      'Bluetooth Network Connection',
      'vEthernet (WSL)',
      'Loopback Pseudo-Interface 1',
    ],
  },
};

test.each(['linux', 'macos', 'windows'] as const)(
  'an ordinary machine with %s shows no watched product',
  (os) => {
    const matcher = matcherOf(CATALOG, os);
    const kinds = ['process', 'service', 'package', 'interface'] as const;
    const accused = kinds.flatMap((kind) =>
      (ORDINARY[os][kind] ?? []).flatMap((name) =>
        matcher
          .match(kind, name)
          .filter(
            ({ tool, weak }) =>
              !weak && !(tool.category === 'remote-access' && tool.direction === 'outbound'),
          )
          .map(({ tool }) => `${kind} ${name}: ${tool.id}`),
      ),
    );
    expect(accused).toEqual([]);
  },
);

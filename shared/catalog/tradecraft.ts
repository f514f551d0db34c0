import type { Advisory } from './schema.ts';

const M_TRENDS = { publisher: 'Mandiant', title: 'M-Trends 2025', published: '2025-04' };
const SEAL = {
  publisher: 'Security Alliance (SEAL)',
  title: 'Frameworks: DPRK IT workers',
  published: '2025',
};

/** What vendors and investigators saw beside the advisories, as far as a rule can cite it. */
export const TRADECRAFT: readonly Advisory[] = [
  {
    id: 'doj-2025-1',
    publisher: 'US Department of Justice',
    title: 'Searches of laptop farms and the Arizona sentence',
    published: '2025-07',
    indicator:
      'Many company laptops stand in one private home, with KVM hardware and remote software attached.',
    confidence: 'quoted',
  },
  {
    ...M_TRENDS,
    id: 'mandiant-2025-shipping',
    indicator: 'Two workers who seem to have nothing to do with each other give the same shipping address.',
    confidence: 'confirmed',
  },
  {
    ...M_TRENDS,
    id: 'mandiant-2025-vpn-drop',
    indicator:
      'The VPN drops for a moment, and the real address abroad shows for the same system before it connects again.',
    confidence: 'confirmed',
  },
  {
    ...M_TRENDS,
    id: 'mandiant-2025-astrill',
    indicator: 'Astrill VPN was used in 72 % of the investigations since 2022.',
    confidence: 'confirmed',
  },
  {
    ...M_TRENDS,
    id: 'mandiant-2025-hid',
    indicator:
      'Network KVM switches drive laptops in farms; the log of input devices coming and going tells of them.',
    confidence: 'confirmed',
  },
  {
    id: 'mandiant-2024-tools',
    publisher: 'Mandiant',
    title: 'UNC5267 and DPRK IT workers',
    published: '2024-09',
    indicator:
      'Chrome Remote Desktop, AnyDesk, TeamViewer, RustDesk and GoTo products run on one laptop, with IP KVMs and the Caffeine mouse jiggler.',
    confidence: 'quoted',
  },
  {
    id: 'microsoft-2025-tools',
    publisher: 'Microsoft',
    title: 'Jasper Sleet: North Korean remote IT workers',
    published: '2025-06-30',
    indicator:
      'VPNs and remote tools are used together: AnyDesk, TeamViewer, RustDesk, AnyViewer, Jump Desktop Connect, TinyPilot, PiKVM.',
    confidence: 'quoted',
  },
  {
    id: 'secureworks-2024-tools',
    publisher: 'Secureworks',
    title: 'NICKEL TAPESTRY',
    published: '2024-10',
    indicator:
      'Chrome Remote Desktop and AnyDesk run where they are not the company’s standard, and Astrill addresses appear.',
    confidence: 'quoted',
  },
  {
    id: 'anyrun-2025-unattended',
    publisher: 'ANY.RUN, BCA and NorthScan',
    title: 'Observation of DPRK operators in a sandbox',
    published: '2025-12',
    indicator:
      'Chrome Remote Desktop is set up unattended from PowerShell with a fixed PIN beside AnyDesk, soon after the machine is received.',
    confidence: 'confirmed',
  },
  {
    id: 'insikt-2026',
    publisher: 'Recorded Future (Insikt Group)',
    title: 'PurpleDelta',
    published: '2026-08-18',
    indicator:
      'A second remote tool runs beside the sanctioned one, and the laptop’s place never agrees with that of sign-ins.',
    confidence: 'quoted',
  },
  {
    id: 'google-2026-kvm',
    publisher: 'Google Cloud Threat Intelligence, Nisos and runZero',
    title: 'Laptop farms on IP KVMs, as summarized by others',
    published: '2026',
    indicator: 'Farms are built on PiKVM, TinyPilot and JetKVM, with remote tools as the fallback.',
    confidence: 'quoted',
  },
  {
    id: 'laptop-farm-hid-gadget',
    publisher: 'Laptop-farm reporting (attributed to Sygnia)',
    title: 'Remote input by HID gadget and meeting tools',
    published: '2025',
    indicator:
      'A small computer that poses as a keyboard, and remote control in meetings that is granted without asking, drive the laptop.',
    confidence: 'unconfirmed',
  },
  {
    id: 'kudelski-2026-exits',
    publisher: 'Kudelski Security',
    title: 'DPRK IT workers’ VPN exits',
    published: '2026-07',
    indicator:
      'Exits of Astrill and Mullvad are chosen inside the claimed country, so a country that fits clears nothing.',
    confidence: 'quoted',
  },
  {
    id: 'amazon-2025-lag',
    publisher: 'Press on Amazon',
    title: 'A worker found by keystroke lag',
    published: '2025-12',
    indicator: 'Keystrokes reached a laptop in the country with a lag of about 110 ms.',
    confidence: 'quoted',
  },
  {
    id: 'sigma-ide-tunnel',
    publisher: 'SigmaHQ and Elastic',
    title: 'Rules for VS Code and dev tunnels',
    published: '2026-08',
    indicator: 'An editor’s tunnel gives a shell from afar without a remote desktop tool.',
    confidence: 'confirmed',
  },
  {
    id: 'gtig-2025-personas',
    publisher: 'Google Threat Intelligence Group',
    title: 'DPRK IT workers expanding in Europe',
    published: '2025-04',
    indicator:
      'One operator keeps many personas; a device serves several identities, or an identity several devices.',
    confidence: 'quoted',
  },
  {
    ...SEAL,
    id: 'seal-hours',
    indicator:
      'The hours of work fit another part of the world than the claimed one, or are the same every single day.',
    confidence: 'confirmed',
  },
  {
    ...SEAL,
    id: 'seal-clock',
    indicator:
      'The clock is set to the claimed place, so agreement proves nothing and a mismatch or change is a cheap sign.',
    confidence: 'confirmed',
  },
  {
    ...SEAL,
    id: 'seal-vpn-logs',
    indicator: 'VPNs, proxies or foreign providers show in the logs of the workspace.',
    confidence: 'confirmed',
  },
  {
    ...SEAL,
    id: 'seal-second-worker',
    indicator: 'Where one worker was found, there is mostly a second.',
    confidence: 'confirmed',
  },
  {
    id: 'spur-residential-proxies',
    publisher: 'Spur and FBI',
    title: 'Residential proxies used by DPRK IT workers',
    published: '2026',
    indicator:
      'Traffic leaves through residential proxies, so the address looks like that of a real household.',
    confidence: 'quoted',
  },
  {
    id: 'unit42-2024-kvm',
    publisher: 'Palo Alto Networks Unit 42',
    title: 'Companies that pay North Korean workers unknowingly',
    published: '2024-11',
    indicator:
      'Shipping address, unusual work pattern and KVM hardware tell together where each says little.',
    confidence: 'confirmed',
  },
  {
    id: 'knowbe4-2024',
    publisher: 'KnowBe4',
    title: 'How a false IT worker was found',
    published: '2024-07',
    indicator:
      'Unwanted software is loaded within minutes of receiving the laptop, which stands at the address of a mule, by VPN and at night.',
    confidence: 'quoted',
  },
];

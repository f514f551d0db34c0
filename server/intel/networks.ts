import type { NetworkClass } from '../../shared/facts.ts';

export const NETWORKS_DATE = '2026-11-22';

export interface NetworkGroup {
  readonly networkClass: NetworkClass;
  readonly source: string;
  readonly confidence: Confidence;
  readonly networks: Readonly<Record<number, string>>;
}

/** `certain` by its owner or a registry, `reported` by others, `unconfirmed` where only a name suggests it. */
export type Confidence = 'certain' | 'reported' | 'unconfirmed';

/** What is known of a network's kind, and by whom. */
export interface NetworkKind {
  readonly networkClass: NetworkClass;
  readonly by: 'number' | 'name';
  readonly source: string;
  readonly confidence: Confidence;
}

/**
 * Networks by AS number; the names are those of the AS registries in 2026-06. Consumer access lines are told apart by nobody for free,
 * so nothing here says `residential`, and few say `mobile`. Cogent, GTT and Zenlayer carry VPN exits too, but also ordinary business lines.
 */
export const NETWORKS: readonly NetworkGroup[] = [
  {
    networkClass: 'vpn',
    source: 'the AS is registered to a VPN vendor',
    confidence: 'certain',
    networks: {
      13926: 'Strong Technology',
      22781: 'Strong Technology',
      39351: '31173 Services (Mullvad)',
      54203: 'Strong Technology',
      62371: 'Proton',
      62651: 'Strong Technology',
      136787: 'PacketHub (NordVPN)',
      140952: 'Strong Technology',
      141039: 'PacketHub (NordVPN)',
      147049: 'PacketHub (NordVPN)',
      199218: 'Proton',
      203619: 'IVPN',
      207137: 'PacketHub (NordVPN)',
      208172: 'Proton',
      209103: 'Proton',
      208765: 'Bullet Proof VPN',
      213163: 'Free Unlimited VPN',
      216025: 'Mullvad VPN',
      272096: 'PacketHub (NordVPN)',
      397540: 'Windscribe',
    },
  },
  {
    networkClass: 'vpn',
    source: 'hosting that leads in exits of NordVPN, Proton and Mullvad (lists of 2026-08, ranked by share)',
    confidence: 'reported',
    networks: {
      4213: 'Krypt Technologies',
      9009: 'M247 Europe',
      9312: 'xTom Hong Kong',
      11878: 'tzulo',
      20278: 'Nexeon Technologies',
      24875: 'NovoServe',
      25369: 'Hydra Communications',
      34568: 'ConnectingBytes',
      42831: 'UK Dedicated Servers',
      43357: 'Owl',
      49453: 'Global Layer',
      49981: 'WorldStream',
      50304: 'Blix Solutions',
      60068: 'Datacamp',
      62240: 'Clouvider',
      136557: 'Host Universal',
      137409: 'GSL Networks',
      203020: 'HostRoyale Technologies',
      206804: 'EstNOC',
      212238: 'Datacamp',
      396356: 'Latitude.sh',
    },
  },
  {
    networkClass: 'hosting',
    source: 'carries addresses of DPRK IT workers that Mandiant published in 2024-09 (UNC5267)',
    confidence: 'reported',
    networks: {
      22439: 'Perfect International',
      30058: 'FDCservers.net',
      36352: 'HostPapa',
      46844: 'Sharktech',
      54600: 'PEG TECH',
      55081: '24 SHELLS',
      396073: 'Majestic Hosting Solutions',
    },
  },
  {
    networkClass: 'hosting',
    source: 'cloud and server rental, by the vendor',
    confidence: 'certain',
    networks: {
      7203: 'Leaseweb USA',
      8075: 'Microsoft Azure',
      8560: 'IONOS',
      9370: 'SAKURA Internet',
      9371: 'SAKURA Internet',
      12876: 'Scaleway',
      14061: 'DigitalOcean',
      14618: 'Amazon Web Services',
      15169: 'Google',
      16125: 'Cherry Servers',
      16276: 'OVH',
      16509: 'Amazon Web Services',
      18779: 'EGIHosting',
      19318: 'Interserver',
      19994: 'Rackspace Hosting',
      20454: 'Secured Servers',
      20473: 'The Constant Company (Vultr)',
      22612: 'Namecheap',
      24940: 'Hetzner Online',
      25820: 'IT7 Networks',
      26347: 'New Dream Network',
      28753: 'Leaseweb Deutschland',
      29066: 'velia.net',
      29802: 'HIVELOCITY',
      30633: 'Leaseweb USA',
      31898: 'Oracle Cloud',
      33070: 'Rackspace Hosting',
      35916: 'MULTACOM',
      36351: 'IBM Cloud',
      37963: 'Hangzhou Alibaba Advertising',
      39572: 'DataWeb Global',
      40021: 'Contabo',
      40676: 'Psychz Networks',
      42708: 'GleSYS',
      43350: 'NForce Entertainment',
      45090: 'Tencent',
      45102: 'Alibaba Cloud',
      46562: 'Performive',
      47583: 'Hostinger',
      49505: 'Selectel',
      50673: 'Serverius',
      51167: 'Contabo',
      53667: 'FranTech Solutions',
      54290: 'HostPapa',
      55990: 'Huawei Cloud',
      57043: 'HOSTKEY',
      60404: 'The Infrastructure Group',
      60781: 'Leaseweb Netherlands',
      63949: 'Akamai (Linode)',
      132203: 'Tencent',
      135377: 'UCloud',
      136907: 'Huawei International',
      141995: 'Contabo Asia',
      197540: 'netcup',
      199524: 'G-Core Labs',
      200019: 'ALEXHOST',
      202053: 'UpCloud',
      213230: 'Hetzner Online',
      395954: 'Leaseweb USA',
      396982: 'Google Cloud',
    },
  },
  {
    networkClass: 'corporate',
    source: 'secure web gateways that companies send their traffic through, by the AS registry',
    confidence: 'certain',
    networks: {
      13150: 'Cato Networks',
      22616: 'Zscaler',
      53444: 'Zscaler',
      53813: 'Zscaler',
      55256: 'Netskope',
      62044: 'Zscaler',
      62907: 'Zscaler',
      137922: 'iboss',
      138627: 'Cato Networks',
      202276: 'iboss',
      396253: 'iboss',
    },
  },
  {
    networkClass: 'relay',
    // Cloudflare WARP leaves by AS13335 as well; it keeps the country too.
    source: "egress networks of iCloud Private Relay (Apple's published list), which keeps the country",
    confidence: 'reported',
    networks: { 13335: 'Cloudflare', 36183: 'Akamai', 54113: 'Fastly' },
  },
  {
    networkClass: 'satellite',
    source: 'the AS registry: access by satellite, whose place is that of a ground station',
    confidence: 'certain',
    networks: { 14593: 'Starlink', 22351: 'Intelsat' },
  },
  {
    networkClass: 'mobile',
    source: 'the AS registry: the mobile network of its operator, where thousands share an address',
    confidence: 'reported',
    networks: {
      6167: 'Verizon Wireless',
      9605: 'NTT DOCOMO',
      20057: 'AT&T Mobility',
      21928: 'T-Mobile USA',
      22394: 'Verizon Wireless',
      51207: 'Free Mobile',
      55836: 'Reliance Jio',
      138384: 'Rakuten Mobile',
      206067: 'Hutchison 3G UK',
    },
  },
];

// Words that a provider of another kind rarely carries in its name; "cloud" and "server" alone would hit enterprises.
const NAMES: readonly { readonly networkClass: NetworkClass; readonly match: RegExp }[] = [
  {
    networkClass: 'hosting',
    match: /\b(?:web ?hosting|hosting|vps|colocation|data ?cent(?:er|re)s?|dedicated servers?)\b/i,
  },
  { networkClass: 'mobile', match: /\b(?:mobile|mobility|cellular)\b/i },
];

const kinds: ReadonlyMap<number, NetworkKind> = new Map(
  NETWORKS.flatMap(({ networkClass, networks, source, confidence }) =>
    Object.entries(networks).map(([asn, name]) => {
      const said = `network table ${NETWORKS_DATE}: AS${asn} ${name}, ${source}`;
      return [Number(asn), { networkClass, by: 'number', source: said, confidence }] as const;
    }),
  ),
);

/** Undefined where nothing is known: most networks, and every access line. */
export function networkKind(asn: number, org: string): NetworkKind | undefined {
  const known = kinds.get(asn);
  if (known) return known;
  const named = NAMES.find(({ match }) => match.test(org));
  return (
    named && {
      networkClass: named.networkClass,
      by: 'name',
      source: `only the name of AS${asn}, ${org}`,
      confidence: 'unconfirmed',
    }
  );
}

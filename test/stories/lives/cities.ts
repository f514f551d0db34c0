/** Where the people of the stories live. */
export interface City {
  readonly name: string;
  readonly country: string;
  readonly lat: number;
  readonly lon: number;
  readonly timezone: string;
}

export const CITIES: readonly [City, ...City[]] = [
  { name: 'Chicago', country: 'US', lat: 41.88, lon: -87.63, timezone: 'America/Chicago' },
  { name: 'Boston', country: 'US', lat: 42.36, lon: -71.06, timezone: 'America/New_York' },
  { name: 'Denver', country: 'US', lat: 39.74, lon: -104.99, timezone: 'America/Denver' },
  { name: 'Toronto', country: 'CA', lat: 43.65, lon: -79.38, timezone: 'America/Toronto' },
  { name: 'Warsaw', country: 'PL', lat: 52.23, lon: 21.01, timezone: 'Europe/Warsaw' },
  { name: 'Berlin', country: 'DE', lat: 52.52, lon: 13.4, timezone: 'Europe/Berlin' },
  { name: 'Lisbon', country: 'PT', lat: 38.72, lon: -9.14, timezone: 'Europe/Lisbon' },
  { name: 'Bucharest', country: 'RO', lat: 44.43, lon: 26.1, timezone: 'Europe/Bucharest' },
  { name: 'Pune', country: 'IN', lat: 18.52, lon: 73.86, timezone: 'Asia/Kolkata' },
  { name: 'Manila', country: 'PH', lat: 14.6, lon: 120.98, timezone: 'Asia/Manila' },
  { name: 'São Paulo', country: 'BR', lat: -23.55, lon: -46.63, timezone: 'America/Sao_Paulo' },
  { name: 'Auckland', country: 'NZ', lat: -36.85, lon: 174.76, timezone: 'Pacific/Auckland' },
];

/** Where operators really sit, or where a journey leads. */
export const ELSEWHERE: readonly [City, ...City[]] = [
  { name: 'Shenyang', country: 'CN', lat: 41.8, lon: 123.43, timezone: 'Asia/Shanghai' },
  { name: 'Vladivostok', country: 'RU', lat: 43.12, lon: 131.89, timezone: 'Asia/Vladivostok' },
  { name: 'Vientiane', country: 'LA', lat: 17.97, lon: 102.6, timezone: 'Asia/Vientiane' },
];

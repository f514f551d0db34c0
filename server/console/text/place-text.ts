import type { PlaceRow } from '../../../shared/api.ts';
import { placeKindOf } from '../../../shared/place.ts';
import { shortHash } from './labels.ts';

export const PLACE_LABELS: Readonly<Record<PlaceRow['kind'], string>> = {
  egress: 'Public address',
  gateway: 'Gateway',
  'access-point': 'Access point',
  display: 'Monitor',
  usb: 'USB device',
  machine: 'Machine',
};

export const PLACE_MEANINGS: Readonly<Record<PlaceRow['kind'], string>> = {
  egress: 'The address from which endpoints speak, or the /64 of an IPv6 line.',
  gateway: 'The router of a local network, as a keyed hash.',
  'access-point': 'A wireless access point, as a keyed hash.',
  display: 'A monitor with a serial number, as a keyed hash.',
  usb: 'A USB device with a serial number, as a keyed hash.',
  machine: 'The serial number of a computer, as a keyed hash.',
};

export const COMPANY_MEANINGS = {
  alone: 'Nobody shared it, or all who did declared one site.',
  together: 'At least two were there at the same time.',
  'in turn': 'Several were there, never at the same time.',
} as const;

/** `198.51.100.7` of an address, `Gateway 5f1c9a0b` of what is a hash. */
export function placeName(id: string): string {
  const kind = placeKindOf(id);
  if (kind === undefined) return id;
  const rest = id.slice(kind.length + 1);
  return kind === 'egress' ? rest : `${PLACE_LABELS[kind]} ${shortHash(rest)}`;
}

/** People of one declared site are no company of each other's; where they are several, `alone` would read as if they were not. */
export function companyText(how: keyof typeof COMPANY_MEANINGS, visitors: number): string {
  return how === 'alone' && visitors > 1 ? 'as declared' : how;
}

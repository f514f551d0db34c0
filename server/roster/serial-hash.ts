import { createHmac } from 'node:crypto';
import { serialText } from '../../shared/serial.ts';

/** Stands before a hash in an exported roster, for serial numbers themselves are not kept. */
export const HASHED = 'hashed:';
const HASH = /^[0-9a-f]{32}$/;

/** Hashes serial numbers as the organization's agents do. The key is base64url. */
export function serialHash(organizationKey: string): (serial: string) => string {
  const key = Buffer.from(organizationKey, 'base64url');
  return (serial) => {
    const exported = serial.startsWith(HASHED) ? serial.slice(HASHED.length) : '';
    if (HASH.test(exported)) return exported;
    return createHmac('sha256', key).update(serialText(serial)).digest().subarray(0, 16).toString('hex');
  };
}

import { createHmac } from 'node:crypto';
import { serialText } from '../../shared/serial.ts';

/** Hashes serial numbers as the organization's agents do. The key is base64url. */
export function serialHash(organizationKey: string): (serial: string) => string {
  const key = Buffer.from(organizationKey, 'base64url');
  return (serial) =>
    createHmac('sha256', key).update(serialText(serial)).digest().subarray(0, 16).toString('hex');
}

import { X509Certificate } from 'node:crypto';
import { newAuthority, newCertificate } from '../../server/tls/certificates.ts';
import { pinOfKey } from '../../server/tls/served-certificate.ts';
import { DAY } from '../../shared/time.ts';

/** A fresh certificate for 127.0.0.1 that no known authority vouches for, with its key and its pin. */
export async function selfSigned({ now = Date.now() } = {}) {
  const authority = await newAuthority('nobody', now);
  const { cert, key } = await newCertificate({ authority, names: ['127.0.0.1'], now });
  return { cert, key, pin: pinOfKey(new X509Certificate(cert)) };
}

/** One that ended long ago. */
export function expired() {
  return selfSigned({ now: Date.now() - 1_000 * DAY });
}

/** A fingerprint without the spaces and colons with which people write it down. */
export function bare(fingerprint: string): string {
  return fingerprint.replaceAll(/[\s:]/g, '').toLowerCase();
}

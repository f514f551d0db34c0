/** Makers leave these where a serial number should be; thousands of machines share them. */
const NO_SERIAL =
  /^(?:|0+|x+|1234567890?|none|n\/a|null|unknown|invalid|default string|not (?:specified|applicable|available)|system serial number|serial number|to be filled by o\.?e\.?m\.?|oem|chassis serial number)$/i;

export function isSerial(text: string): boolean {
  return !NO_SERIAL.test(text.trim());
}

/** What is hashed of a machine's serial number, by agents and for a roster alike: people write it as they like, firmware in capitals. */
export function serialText(serial: string): string {
  return `serial ${serial.trim().toUpperCase()}`;
}

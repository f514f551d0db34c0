import { matchDisplay } from '../../shared/catalog/match-hardware.ts';
import type { FactOf } from '../../shared/facts.ts';
import { decodeEdid, type Edid } from './edid.ts';
import type { Probe } from './probe.ts';

export const displayProbe: Probe = {
  name: 'display',
  kinds: ['display'],
  everySeconds: 30,
  timeoutMs: 10_000,
  reads:
    'The maker, model and size of monitors connected to this machine, and their serial number as a hash that means nothing outside your organization; compared with a published list of devices that pass for a monitor.',
  never:
    'What is on the screen is never read. The built-in panel of a laptop and serial numbers themselves are never reported.',
  async run({ host, keyedHash }) {
    const monitors = (await host.monitors()).filter(({ builtIn }) => !builtIn);
    return monitors.flatMap(({ edid }) => {
      const decoded = decodeEdid(edid);
      return decoded ? [factOf(decoded, keyedHash)] : [];
    });
  },
};

function factOf(edid: Edid, keyedHash: (text: string) => string): FactOf<'display'> {
  const { manufacturer, productCode, serialNumber, name, serialText, widthMm, heightMm } = edid;
  const match = matchDisplay({
    manufacturer,
    productCode,
    serialNumber,
    ...(name ? { model: name } : {}),
    ...(serialText ? { serial: serialText } : {}),
  });
  // A device that passes for a monitor gives every unit the same serial number.
  const serial = match ? undefined : serialOf(edid);
  return {
    kind: 'display',
    manufacturer,
    model: name ?? productCode.toString(16).padStart(4, '0'),
    ...(serial ? { serial: keyedHash(`monitor ${manufacturer} ${productCode} ${serial}`) } : {}),
    ...(match && !match.harmless ? { match: match.id } : {}),
    widthMm,
    heightMm,
  };
}

/** What makers write where they number nothing; thousands of monitors share it, so it would make strangers look like one desk. */
const NO_NUMBERS = [0, 1, 0x01010101, 0x01000000, 0x0000ffff, 0xffffffff];
const NO_TEXT = /^(?:0+|1+|f+|x+|0?123456789.*|none|n\/a|demoset.*|serial.*)$/i;

function serialOf({ serialNumber, serialText }: Edid): string | undefined {
  if (serialText && !NO_TEXT.test(serialText)) return serialText;
  return NO_NUMBERS.includes(serialNumber) ? undefined : String(serialNumber);
}

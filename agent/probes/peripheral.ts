import { watchedUsb } from '../../shared/catalog/match-hardware.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { UsbDevice } from '../host/host.ts';
import { clip } from './clip.ts';
import type { Probe } from './probe.ts';
import { usbFunctionsOf } from './usb-functions.ts';

export const peripheralProbe: Probe = {
  name: 'peripheral',
  kinds: ['peripheral'],
  everySeconds: 10,
  timeoutMs: 5_000,
  reads:
    'What USB devices say they are, compared with a published list of devices that let somebody use a keyboard and screen from afar, and whether one device is a keyboard, a pointer that jumps to a place, and a disk or network card at once.',
  never:
    'Devices that are not on the list and do not have that shape are never kept or reported, and neither is what is typed, moved or stored with any device.',
  async run({ host, keyedHash }) {
    return (await host.usbDevices()).flatMap((device) => factOf(device, keyedHash) ?? []);
  },
};

function factOf(
  { interfaces: descriptors, ...device }: UsbDevice,
  keyedHash: (text: string) => string,
): FactOf<'peripheral'> | undefined {
  const interfaces = usbFunctionsOf(descriptors);
  const watched = watchedUsb({ ...device, interfaces });
  if (!watched) return undefined;
  const { vendorId, productId, manufacturer, product, serial } = device;
  return {
    kind: 'peripheral',
    vendorId,
    productId,
    ...(serial && !isSharedSerial(serial)
      ? { serial: keyedHash(`usb ${vendorId} ${productId} ${serial}`) }
      : {}),
    ...watched,
    ...(manufacturer ? { vendor: clip(manufacturer, 126) } : {}),
    ...(product ? { product: clip(product, 126) } : {}),
    interfaces: [...interfaces],
  };
}

/** What KVM firmware gives every unit alike (PiKVM and GL.iNet, TinyPilot and BliKVM, NanoKVM): it would make two homes look like one. */
const SHARED_SERIALS = ['cafebabe', '6b65796d696d6570690', '0123456789abcdef'];
/** What makers write where they number nothing. */
const NO_SERIAL = /^(?:0+|1+|f+|x+|0?123456789[0-9a-f]*|none|n\/a|default string|serial.*)$/i;

function isSharedSerial(serial: string): boolean {
  return SHARED_SERIALS.includes(serial.toLowerCase()) || NO_SERIAL.test(serial);
}

import { CodedError } from '../../../shared/errors.ts';
import type { UsbDevice, UsbInterface } from '../host.ts';
import { type Files, ifAllowed } from './files.ts';

const DEVICES = '/sys/bus/usb/devices';
const INPUTS = '/sys/bus/hid/devices';
const HUB = 0x09;
const HID = 0x03;
const MAX_ENTRIES = 500;

/**
 * Devices of sysfs: `1-2` is a device, `1-2:1.0` one of its interfaces, `usb1` the controller. The strings were read by the kernel
 * when the device came, so nothing here speaks to the device. Each is read once: plugged in anew, it gets another number.
 */
export function usbReader(files: Files): () => Promise<readonly UsbDevice[]> {
  let known: ReadonlyMap<string, UsbDevice | undefined> = new Map();
  return async () => {
    const entries = await files.list(DEVICES);
    if (!entries) throw new CodedError('PROBE_UNSUPPORTED', { path: DEVICES, reason: 'no USB' });
    const names = entries.slice(0, MAX_ENTRIES).sort();
    const next = new Map<string, UsbDevice | undefined>();
    for (const name of names.filter((one) => /^\d+-[\d.]+$/.test(one))) {
      const interfaces = names.filter((one) => one.startsWith(`${name}:`));
      const number = (await ifAllowed(files.text(`${DEVICES}/${name}/devnum`)))?.trim();
      // Its drivers, and with them what it can do, may come a moment after the device.
      const key = number ? `${name} ${number} ${interfaces.length}` : name;
      const settled = number !== undefined && known.has(key) && settledAt(known.get(key));
      next.set(key, settled ? known.get(key) : await readDevice(files, name, interfaces));
    }
    known = next;
    return [...known.values()].filter((device) => device !== undefined);
  };
}

/** An input device shows its report descriptor once its driver is there. */
function settledAt(device: UsbDevice | undefined): boolean {
  return device?.interfaces.every((one) => one.class !== HID || one.reportDescriptor !== undefined) ?? true;
}

async function readDevice(
  files: Files,
  name: string,
  interfaces: readonly string[],
): Promise<UsbDevice | undefined> {
  const attribute = async (key: string): Promise<string> =>
    ((await ifAllowed(files.text(`${DEVICES}/${name}/${key}`))) ?? '').replace(/\n$/, '');
  const [vendorId, productId] = [await attribute('idVendor'), await attribute('idProduct')];
  // It may be pulled out while it is read.
  if (!/^[0-9a-f]{4}$/.test(vendorId) || !/^[0-9a-f]{4}$/.test(productId)) return undefined;
  if (Number.parseInt(await attribute('bDeviceClass'), 16) === HUB) return undefined;
  const [manufacturer, product, serial] = [
    await attribute('manufacturer'),
    await attribute('product'),
    await attribute('serial'),
  ];
  return {
    vendorId,
    productId,
    ...(manufacturer ? { manufacturer } : {}),
    ...(product ? { product } : {}),
    ...(serial ? { serial } : {}),
    interfaces: await Promise.all(interfaces.map((one) => readInterface(files, one))),
  };
}

async function readInterface(files: Files, name: string): Promise<UsbInterface> {
  const folder = `${DEVICES}/${name}`;
  const number = async (key: string): Promise<number> =>
    Number.parseInt((await ifAllowed(files.text(`${folder}/${key}`))) ?? '0', 16) || 0;
  const found = {
    class: await number('bInterfaceClass'),
    subclass: await number('bInterfaceSubClass'),
    protocol: await number('bInterfaceProtocol'),
  };
  const reportDescriptor = found.class === HID ? await reportDescriptorOf(files, folder) : undefined;
  return { ...found, ...(reportDescriptor ? { reportDescriptor } : {}) };
}

/** Below the interface lies a folder such as `0003:1D6B:0104.0001`, which /sys/bus/hid/devices names as well. */
async function reportDescriptorOf(files: Files, folder: string): Promise<Uint8Array | undefined> {
  const input = ((await files.list(folder)) ?? []).find((name) =>
    /^[0-9A-F]{4}(?::[0-9A-F]{4}){2}\.[0-9A-F]+$/.test(name),
  );
  return input ? ifAllowed(files.bytes(`${INPUTS}/${input}/report_descriptor`)) : undefined;
}

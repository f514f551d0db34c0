import { instant, millis } from '../../../shared/time.ts';
import type { Monitor, Sleep, UsbDevice, UsbInterface } from '../host.ts';
import type { HardwareDocument } from './documents.ts';
import { itemsOf } from './parts.ts';

const HUB = 9;
const MAX_DEVICES = 500;
/** D3DKMDT_VIDEO_OUTPUT_TECHNOLOGY: LVDS, embedded DisplayPort, embedded UDI, and "internal". */
const BUILT_IN = [6, 11, 13, 0x8000_0000, -0x8000_0000];
const SLEEPS = [42, 506];
/** Of Kernel-Power, and of Power-Troubleshooter. */
const WAKES = [107, 507, 1];

type Row = { readonly id: string; readonly compatible: readonly string[]; readonly product: string };

/**
 * A device with several functions is one row, and each function another with `&MI_` and the same ids; the compatible ids name the class
 * of each. Windows does not keep the manufacturer's text.
 */
export function usbDevicesIn({ usb }: HardwareDocument): readonly UsbDevice[] {
  const rows = itemsOf(usb, { source: 'Win32_PnPEntity' });
  return rows
    .filter((row) => functionOf(row) === undefined)
    .slice(0, MAX_DEVICES)
    .flatMap((row): UsbDevice[] => {
      const model = modelOf(row);
      const own = interfaceOf(row);
      if (!model || own?.class === HUB) return [];
      const product = row.product.trim();
      const serial = serialOf(row);
      const parts = partsOf(row, rows);
      return [
        {
          ...model,
          ...(product ? { product } : {}),
          ...(serial ? { serial } : {}),
          interfaces: own && parts.length === 0 ? [own] : parts,
        },
      ];
    });
}

/** Each function once, also where several devices of one model are plugged in. */
function partsOf(device: Row, rows: readonly Row[]): readonly UsbInterface[] {
  const found = new Map<string, UsbInterface>();
  for (const row of rows) {
    const number = functionOf(row);
    const part = interfaceOf(row);
    if (number !== undefined && part && hardwareOf(row) === hardwareOf(device)) found.set(number, part);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
}

function functionOf({ id }: Row): string | undefined {
  return /&MI_([0-9A-F]{2})/i.exec(id)?.[1];
}

/** `USB\VID_1D6B&PID_0104` */
function hardwareOf({ id }: Row): string | undefined {
  return /^USB\\VID_[0-9A-F]{4}&PID_[0-9A-F]{4}/i.exec(id)?.[0].toLowerCase();
}

function modelOf(row: Row): Pick<UsbDevice, 'vendorId' | 'productId'> | undefined {
  const [, vendorId, productId] = /vid_(.{4})&pid_(.{4})$/.exec(hardwareOf(row) ?? '') ?? [];
  return vendorId && productId ? { vendorId, productId } : undefined;
}

/** `USB\Class_03&SubClass_01&Prot_01`; `DevClass` is of the device as a whole and says nothing of a function. */
function interfaceOf({ compatible }: Row): UsbInterface | undefined {
  for (const id of compatible) {
    const numbers = /^USB\\Class_([0-9A-F]{2})&SubClass_([0-9A-F]{2})&Prot_([0-9A-F]{2})$/i.exec(id);
    if (!numbers) continue;
    const [, kind = '', subclass = '', protocol = ''] = numbers;
    return {
      class: Number.parseInt(kind, 16),
      subclass: Number.parseInt(subclass, 16),
      protocol: Number.parseInt(protocol, 16),
    };
  }
  return undefined;
}

/** The last part of the path; with `&` in it, Windows made it up because the device has none. */
function serialOf({ id }: Row): string | undefined {
  const last = id.slice(id.lastIndexOf('\\') + 1);
  return last.includes('&') ? undefined : last;
}

/** Of monitors that are there now. The registry keeps the EDID of every one that ever was, so only those are looked up. */
export function monitorsIn({ monitors, outputs }: HardwareDocument): readonly Monitor[] {
  const builtIn = new Set(
    ('items' in outputs ? outputs.items : [])
      .filter(({ technology }) => BUILT_IN.includes(technology))
      .map(({ id }) => id.toLowerCase().replace(/_0$/, '')),
  );
  return itemsOf(monitors, { source: 'Win32_PnPEntity' }).flatMap(({ id, edid }): Monitor[] => {
    if (!/^(?:[0-9a-f]{2}){128,}$/i.test(edid)) return [];
    return [{ edid: new Uint8Array(Buffer.from(edid, 'hex')), builtIn: builtIn.has(id.toLowerCase()) }];
  });
}

/** Each time from falling asleep to the first event of waking after it. */
export function sleepsIn({ sleeps }: HardwareDocument): readonly Sleep[] {
  const events = itemsOf(sleeps, { source: 'System log' }).toSorted((a, b) => millis(a.at) - millis(b.at));
  const found: Sleep[] = [];
  let from: string | undefined;
  for (const { id, at } of events) {
    if (SLEEPS.includes(id)) from ??= at;
    else if (WAKES.includes(id) && from !== undefined) {
      found.push({ from: instant(millis(from)), until: instant(millis(at)) });
      from = undefined;
    }
  }
  return found;
}

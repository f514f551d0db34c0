import { CodedError } from '../../../shared/errors.ts';
import type { Presence, RunningProcess } from '../host.ts';
import { type Files, ifAllowed } from './files.ts';

const DEVICES = '/sys/bus/usb/devices';
const HID = 0x03;
/** Keyboards and touchpads inside laptops, by the name that their driver gives its interrupt: i8042, or ACPI ids of I2C devices. */
const BUILT_IN_INPUT =
  /\b(?:i8042|(?:ELAN|SYNA|ALPS|MSFT|DLL|DELL|PNP0C50|FTCS|GXTP|UNIW|CUST)[0-9A-F]{0,4}:\d\d)\b/;
/** Programs that run exactly as long as the screen is locked. GNOME has none: there nothing is known. */
const LOCKERS = new Set([
  'swaylock',
  'i3lock',
  'kscreenlocker_greet',
  'xsecurelock',
  'hyprlock',
  'gtklock',
  'waylock',
  'slock',
  'physlock',
]);

export interface PresenceOptions {
  readonly files: Files;
  processes(): Promise<readonly RunningProcess[]>;
  mono(): number;
}

/**
 * Counts how often input devices called: interrupts of built-in ones, transfers of USB devices that are nothing but input (a device
 * with a disk beside its keyboard, as IP-KVMs are, is not somebody at this machine). Bluetooth cannot be told from other radio, so it
 * is not counted. No device is opened, and no count says which key it was.
 */
export function presenceReader({ files, processes, mono }: PresenceOptions): () => Promise<Presence> {
  let last: { readonly count: number; readonly usedAt: number } | undefined;
  return async () => {
    const counts = [...(await interruptsOf(files)), ...(await transfersOf(files))];
    if (counts.length === 0)
      throw new CodedError('PROBE_UNSUPPORTED', { reason: 'no input device that counts' });
    const count = counts.reduce((sum, one) => sum + one, 0);
    const now = mono();
    // The first count is only a beginning: nobody is known to have used anything before.
    const usedAt = last?.count === count ? last.usedAt : now;
    last = { count, usedAt };
    const isLocked = (await ifAllowed(processes()))?.some(({ names }) =>
      names.some((name) => LOCKERS.has(name)),
    );
    return { idleMs: now - usedAt, ...(isLocked ? { locked: true } : {}) };
  };
}

/** `/proc/interrupts`: a number, one count for each processor, the controller, and the drivers. */
async function interruptsOf(files: Files): Promise<readonly number[]> {
  const table = (await ifAllowed(files.text('/proc/interrupts'))) ?? '';
  return table.split('\n').flatMap((line) => {
    const [, counts = '', rest = ''] = /^\s*\w+:((?:\s+\d+)+)\s+(.*)$/.exec(line) ?? [];
    if (!BUILT_IN_INPUT.test(rest)) return [];
    return [
      counts
        .trim()
        .split(/\s+/)
        .reduce((sum, one) => sum + Number(one), 0),
    ];
  });
}

async function transfersOf(files: Files): Promise<readonly number[]> {
  const names = (await files.list(DEVICES)) ?? [];
  const found: number[] = [];
  for (const device of names.filter((name) => /^\d+-[\d.]+$/.test(name))) {
    const classes: number[] = [];
    for (const one of names.filter((name) => name.startsWith(`${device}:`)))
      classes.push(Number.parseInt((await files.text(`${DEVICES}/${one}/bInterfaceClass`)) ?? '0', 16));
    if (classes.length === 0 || classes.some((one) => one !== HID)) continue;
    const count = Number(await files.text(`${DEVICES}/${device}/urbnum`));
    if (Number.isFinite(count)) found.push(count);
  }
  return found;
}

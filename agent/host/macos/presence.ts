import type { Presence } from '../host.ts';
import { dictionariesIn, numberAt, plistOf } from './plist.ts';
import { unreadable } from './reading.ts';

/** Nanoseconds since the last input of any kind. What Screen Sharing or another remote tool puts in counts here too. */
export function presenceIn(input: string, console: string): Presence {
  const idle = dictionariesIn(plistOf(input))
    .map((node) => numberAt(node, 'HIDIdleTime'))
    .find((nanoseconds) => nanoseconds !== undefined);
  if (idle === undefined) throw unreadable('no idle time');
  const locked = isLocked(console);
  return { idleMs: Math.floor(idle / 1_000_000), ...(locked === undefined ? {} : { locked }) };
}

/** Of the registry's root, only whether the screen is locked is read; it also names who is logged in. */
function isLocked(console: string): boolean | undefined {
  const [root] = dictionariesIn(plistOf(console));
  const whole = root?.get('IOConsoleLocked');
  const own = dictionariesIn(root?.get('IOConsoleUsers')).find(
    (session) => session.get('kCGSSessionOnConsoleKey') === true,
  );
  if (own) return own.get('CGSSessionScreenIsLocked') === true || whole === true;
  return typeof whole === 'boolean' ? whole : undefined;
}

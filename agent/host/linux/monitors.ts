import { CodedError } from '../../../shared/errors.ts';
import type { Monitor } from '../host.ts';
import type { Files } from './files.ts';

const CONNECTORS = '/sys/class/drm';
const MAX_CONNECTORS = 100;
/** `card1-eDP-1` and the like: panels inside the machine. */
const BUILT_IN = /^card\d+-(?:eDP|LVDS|DSI)-/;

/** The EDID of each connector, as the kernel read it when the monitor came. */
export async function readMonitors(files: Files): Promise<readonly Monitor[]> {
  const names = await files.list(CONNECTORS);
  if (!names) throw new CodedError('PROBE_UNSUPPORTED', { path: CONNECTORS, reason: 'no graphics driver' });
  const found: Monitor[] = [];
  for (const name of names.filter((one) => /^card\d+-/.test(one)).slice(0, MAX_CONNECTORS)) {
    const edid = await files.bytes(`${CONNECTORS}/${name}/edid`);
    // Empty where nothing is connected, and in a virtual machine whose screen has none.
    if (edid && edid.length > 0) found.push({ edid, builtIn: BUILT_IN.test(name) });
  }
  return found;
}

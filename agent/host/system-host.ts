import type { Os } from '../../shared/catalog/match.ts';
import type { Host } from './host.ts';
import { linuxHost } from './linux/linux-host.ts';
import { portableHost } from './portable-host.ts';

const NAMES: Readonly<Record<string, Os>> = { darwin: 'macos', win32: 'windows' };

/** The host of the machine this runs on. `root` is where files are looked for; tests point it at recorded trees. */
export function systemHost({ root = '/' }: { readonly root?: string } = {}): Host {
  const os = NAMES[process.platform];
  return os ? portableHost(os) : linuxHost(root);
}

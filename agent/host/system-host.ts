import { outputOf } from './commands.ts';
import type { Host } from './host.ts';
import { linuxHost } from './linux/linux-host.ts';
import { macosHost } from './macos/macos-host.ts';
import { windowsHost } from './windows/windows-host.ts';

/** The host of the machine this runs on. `root` is where files are looked for; tests point it at recorded trees. */
export function systemHost({ root = '/' }: { readonly root?: string } = {}): Host {
  if (process.platform === 'win32') return windowsHost(outputOf);
  return process.platform === 'darwin' ? macosHost({ root }) : linuxHost(root);
}

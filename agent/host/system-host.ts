import type { Host } from './host.ts';

/** The host of the machine this runs on. `root` is where its files are looked for. */
export function systemHost(_options: { readonly root?: string } = {}): Host {
  throw new Error('not yet');
}

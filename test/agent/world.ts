import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Host } from '../../agent/host/host.ts';
import { systemHost } from '../../agent/host/system-host.ts';
import type { Probe, ProbeContext } from '../../agent/probes/probe.ts';
import { runProbe } from '../../agent/probes/run-probe.ts';
import { matcherOf } from '../../shared/catalog/match.ts';
import type { Catalog, Tool } from '../../shared/catalog/schema.ts';
import type { Fact } from '../../shared/facts.ts';
import { DEFAULT_POLICY } from '../../shared/policy.ts';

const known = { confidence: 'confirmed', sources: ['made for tests'] } as const;

export function toolOf(id: string, more: Partial<Tool>): Tool {
  return { id, name: id, vendor: id, category: 'remote-access', direction: 'both', ...known, ...more };
}

export const CATALOG: Catalog = {
  version: 'test',
  tools: [
    toolOf('anydesk', {
      linux: { processes: ['anydesk'], services: ['anydesk'], packages: ['anydesk'] },
    }),
    toolOf('example-relay', {
      category: 'tunnel',
      linux: { weakNames: ['example-relay'], paths: ['~/.example-relay'] },
    }),
    toolOf('example-remote', {
      linux: { weakNames: ['agent'], paths: ['/opt/example-remote'], services: ['masked-remote'] },
    }),
    toolOf('example-viewer', {
      direction: 'outbound',
      linux: { processes: ['python3'], packages: ['bash'] },
    }),
    toolOf('example-vpn', { category: 'vpn', linux: { interfaces: ['tun*'] } }),
  ],
  ports: [
    { port: 7070, proto: 'tcp', name: 'AnyDesk', ...known },
    { port: 3389, proto: 'tcp', name: 'RDP', ...known },
    { port: 5900, proto: 'tcp', name: 'VNC', ...known },
    { port: 5901, proto: 'tcp', name: 'VNC', ...known },
    { port: 50_902, proto: 'udp', name: 'example', ...known },
    { port: 50_903, proto: 'udp', name: 'example', ...known },
  ],
};

export const matcher = matcherOf(CATALOG, 'linux');

export function keyedHash(text: string): string {
  return createHmac('sha256', 'a key for tests').update(text).digest('hex').slice(0, 32);
}

/** A machine whose files are a folder of test/fixtures/host. */
export function recorded(name: string): Host {
  return systemHost({ root: new URL(`../fixtures/host/${name}`, import.meta.url).pathname });
}

export interface Tree extends AsyncDisposable {
  readonly root: string;
  write(path: string, content: string | Uint8Array): Promise<void>;
  link(path: string, target: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** An empty machine in a temporary folder. */
export async function emptyTree(): Promise<Tree> {
  const root = await mkdtemp(join(tmpdir(), 'farhand-tree-'));
  const at = async (path: string): Promise<string> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    return join(root, path);
  };
  return {
    root,
    write: async (path, content) => writeFile(await at(path), content),
    link: async (path, target) => symlink(target, await at(path)),
    remove: (path) => rm(join(root, path), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
}

export function contextOf(host: Host, more: Partial<ProbeContext> = {}): ProbeContext {
  return { host, matcher, keyedHash, policy: DEFAULT_POLICY, signal: new AbortController().signal, ...more };
}

/** What a probe tells, as it would be sent; its error where it tells nothing. */
export async function factsOf(probe: Probe, context: ProbeContext): Promise<readonly Fact[]> {
  const outcome = await runProbe(probe, context);
  if (outcome.health !== 'ok') throw outcome.error;
  return [...outcome.facts.values()];
}

/** Asks again until the answer holds; fails with the last answer after ten seconds. */
export async function until<T>(ask: () => Promise<T> | T, holds: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`not within ten seconds: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

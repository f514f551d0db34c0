import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rounded } from './measure.ts';

interface Frame {
  readonly functionName: string;
  readonly url: string;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: Frame;
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const JUDGING = /\/server\/(detect|store\/(timelines|findings|cases|proposals)\.ts)/;

/** A sample belongs to the first of these whose mark is on the running function or on one of its callers. */
const PARTS: readonly (readonly [part: string, mark: (frame: Frame) => boolean])[] = [
  ['idle', ({ functionName }) => functionName === '(idle)'],
  ['start', ({ functionName }) => functionName === 'runEntryPointWithESMLoader'],
  ['garbage collection', ({ functionName }) => functionName === '(garbage collector)'],
  ['judging', ({ url }) => JUDGING.test(url)],
  ['deflate', ({ functionName }) => functionName === 'deflateRawSync'],
  ['SHA-256 and Ed25519', ({ functionName }) => functionName === 'verifySeal'],
  ['commit and flush', ({ functionName }) => functionName === 'commitTransaction'],
  ['SQL statements', ({ url }) => url.includes('/server/store/') || url.includes('/kysely/')],
  ['JSON.parse', ({ functionName }) => functionName === 'json'],
  ['validation', ({ functionName }) => functionName === 'readPayload' || functionName === 'parseAgentFrame'],
  ['rows of spans', ({ url }) => url.includes('/server/ingest/')],
  ['sockets', ({ url }) => url.includes('/ws/') || url.startsWith('node:')],
];

/** What share of the busy time each part took, from the `.cpuprofile` of every thread in a folder; the largest first. */
export function partsOf(folder: string): string {
  const spent = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile: Profile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const partOfNode = partsByNode(profile);
    for (const [index, node] of profile.samples.entries()) {
      const part = partOfNode.get(node) ?? 'other';
      spent.set(part, (spent.get(part) ?? 0) + (profile.timeDeltas[index] ?? 0));
    }
  }
  spent.delete('idle');
  spent.delete('start');
  const busy = [...spent.values()].reduce((sum, time) => sum + time, 0);
  return [...spent]
    .toSorted(([, a], [, b]) => b - a)
    .map(([part, time]) => `${part} ${rounded((time / busy) * 100)} %`)
    .join(', ');
}

function partsByNode({ nodes }: Profile): ReadonlyMap<number, string> {
  const judges = nodes.some(({ callFrame }) => callFrame.url.endsWith('/detector-worker.ts'));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const partOf = (node: number): string => {
    const stack: Frame[] = [];
    for (let id: number | undefined = node; id !== undefined; id = parents.get(id)) {
      const frame = frames.get(id);
      if (frame) stack.push(frame);
    }
    const part = PARTS.find(([, mark]) => stack.some(mark))?.[0] ?? 'other';
    return judges && part !== 'idle' && part !== 'start' ? 'judging in its thread' : part;
  };
  return new Map(nodes.map(({ id }) => [id, partOf(id)]));
}
